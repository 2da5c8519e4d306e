/// A student that bears a task id, or bore it before a later attempt.
package struct TaskHolder: Sendable, Equatable {
    package let task: TaskID
    package let student: StudentRowID
    package let session: SessionID
    package let name: String
    /// The institution's number.
    package let studentID: String?

    package init(task: TaskID, student: StudentRowID, session: SessionID, name: String, studentID: String?) {
        self.task = task
        self.student = student
        self.session = session
        self.name = name
        self.studentID = studentID
    }

    /// By the institution's number where there is one, else by name.
    func isStudent(of registration: TaskRegistration) -> Bool {
        guard session == registration.session.id, studentID == registration.studentID else { return false }
        return studentID != nil || name == registration.studentName
    }
}
