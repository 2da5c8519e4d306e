/// A student to add, PENDING.
package struct NewStudent: Sendable, Equatable {
    package let row: StudentRowID
    package let name: String
    /// The institution's number.
    package let studentID: String?
    package let task: TaskID
    package let session: SessionID

    init(_ row: StudentRowID, _ registration: TaskRegistration) {
        self.row = row
        name = registration.studentName
        studentID = registration.studentID
        task = registration.task
        session = registration.session.id
    }
}
