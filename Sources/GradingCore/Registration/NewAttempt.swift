/// A failed student starts again: PENDING under a new task id, its scores and raw result cleared.
package struct NewAttempt: Sendable, Equatable {
    package let student: StudentRowID
    package let task: TaskID
    /// To be remembered as this student's, unless the monitor has a row of it already: without one its late reports would be
    /// parked. Two students may name the same one.
    package let formerTask: TaskID?
}
