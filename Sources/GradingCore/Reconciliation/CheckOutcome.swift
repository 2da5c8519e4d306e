/// What became of one manual check.
package enum CheckOutcome: Sendable, Equatable {
    /// The answer was committed; the status is the one after the commit.
    case checked(status: TaskStatus, updated: Bool)
    /// The question failed; the status stands. An outage is the grading server's, not the task's.
    case failed(status: TaskStatus, reason: String, isOutage: Bool = false)
    /// Nothing was asked: a grade or a person's decision stands.
    case settled(TaskStatus)
    /// A sweep or another instance is asking right now.
    case leasedElsewhere(TaskStatus)
    case noSuchTask
}
