/// A task id for a student that waited for one. Its status stands.
package struct GivenTask: Sendable, Equatable {
    package let student: StudentRowID
    package let task: TaskID
}
