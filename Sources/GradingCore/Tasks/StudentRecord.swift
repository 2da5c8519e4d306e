/// A student and the task that is theirs, with all that the web app reads of them.
package struct StudentRecord: Sendable, Equatable {
    package let task: TaskSnapshot
    /// The institution's number for the student.
    package var studentID: String?
    package var totalScore: Double?
    package var maxScore: Double?
    /// 0 to 100 in the usual case.
    package var percentage: Double?
    package var createdAt: Timestamp?
    package var updatedAt: Timestamp?
    package var gradedAt: Timestamp?
    /// A JSON text, as it is stored.
    package var rawResult: String?
    /// Why the last report or check failed; `nil` when none did.
    package var lastError: String?
    /// The mark, valid or not.
    package var loss: Loss?

    package init(task: TaskSnapshot) {
        self.task = task
    }
}
