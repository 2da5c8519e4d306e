/// What is known of one task, for answers and commands.
package struct TaskSnapshot: Sendable, Equatable {
    package let task: TaskID
    package let student: StudentRowID
    package let studentName: String
    package let session: SessionID
    package let status: TaskStatus
    package let attempt: Int
    /// Who told us of the status that stands, and how late; `nil` when it was not the monitor that wrote it.
    package let learned: Learned?

    package init(
        task: TaskID,
        student: StudentRowID,
        studentName: String,
        session: SessionID,
        status: TaskStatus,
        attempt: Int,
        learned: Learned? = nil
    ) {
        self.task = task
        self.student = student
        self.studentName = studentName
        self.session = session
        self.status = status
        self.attempt = attempt
        self.learned = learned
    }
}
