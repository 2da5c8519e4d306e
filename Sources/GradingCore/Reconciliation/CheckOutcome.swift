/// What became of one manual check, and who told us what is known now.
package enum CheckOutcome: Sendable, Equatable {
    /// The answer was committed.
    case checked(CheckFinding)
    /// The question failed; the status stands. An outage is the grading server's, not the task's.
    case failed(status: TaskStatus, reason: String, isOutage: Bool = false)
    /// Nothing was asked: a grade or a person's decision stands.
    case settled(TaskStatus, Learned?)
    /// Another instance is asking right now.
    case leasedElsewhere(TaskStatus)
    case noSuchTask
}

/// What an answer taught.
package struct CheckFinding: Sendable, Equatable {
    /// The one after the commit.
    package let status: TaskStatus
    package let updated: Bool
    /// Who asked: a sweep, when its question was under way already and was joined.
    package let askedBy: ReportSource
    /// Who told us of the status that stands, and how late; `nil` when it was not the monitor that wrote it.
    package let learned: Learned?

    package init(status: TaskStatus, updated: Bool, askedBy: ReportSource, learned: Learned?) {
        self.status = status
        self.updated = updated
        self.askedBy = askedBy
        self.learned = learned
    }
}
