/// What became of one report, after the commit.
package struct ReportOutcome: Sendable, Equatable {
    package let disposition: Disposition
    /// The task's status after the commit; `nil` when there is no such task (yet).
    package let status: TaskStatus?
    /// Whether this report changed the status.
    package let changedStatus: Bool
    /// Whether it spoke of an attempt that a later one has replaced: the grading server may know nothing of the later one.
    package let isOfOlderAttempt: Bool

    package init(
        _ disposition: Disposition,
        status: TaskStatus?,
        changedStatus: Bool = false,
        isOfOlderAttempt: Bool = false
    ) {
        self.isOfOlderAttempt = isOfOlderAttempt
        self.disposition = disposition
        self.status = status
        self.changedStatus = changedStatus
    }
}

/// The outcomes of `2-http-api`: the raw value is the word in the callback's answer and in the ledger.
package enum Disposition: String, Sendable, Hashable, CaseIterable {
    /// New, and taken in: a status moved forward, or a signal that the task is alive.
    case applied
    /// Seen before: the same delivery with the same body, or the same final news by another delivery.
    case duplicate
    /// Would move a status backwards, speaks of an older attempt, or was overtaken by a newer signal.
    case stale
    /// A known delivery id with another body, or a second, different ending. The first one is kept.
    case conflict
    /// No such task yet: kept in the ledger, applied when the task appears.
    case parked
}
