/// A row of the change feed: a status that was committed.
package struct CommittedChange: Sendable, Equatable {
    /// Grows from row to row, with gaps where a transaction was rolled back; never reused.
    package let sequence: Int64
    package let change: Change
    /// When the commit that wrote it began.
    package let at: Timestamp

    package init(sequence: Int64, change: Change, at: Timestamp) {
        self.sequence = sequence
        self.change = change
        self.at = at
    }
}

/// What changed.
package enum Change: Sendable, Equatable {
    case task(TaskChange)
    case session(SessionChange)
}

/// A session's move from one status to another.
package struct SessionChange: Sendable, Equatable {
    package let session: SessionID
    package let from: SessionStatus
    package let to: SessionStatus

    package init(session: SessionID, from: SessionStatus, to: SessionStatus) {
        self.session = session
        self.from = from
        self.to = to
    }
}

/// Part of the change feed as one snapshot of the database shows it.
///
/// Where several transactions write at once, rows become visible in the order of the commits and not of their sequence: a
/// row with a smaller sequence may appear later. The two transaction ids tell a gap that may still be filled from one that
/// never will be: whoever took a sequence below one that is visible had its id before ``nextTransaction``, and has ended
/// once ``oldestOpenTransaction`` has come that far.
package struct ChangePage: Sendable, Equatable {
    /// In the order of their sequence.
    package let changes: [CommittedChange]
    /// Every transaction with a smaller id has ended.
    package let oldestOpenTransaction: UInt64
    /// No transaction had this id, or a greater one, when the page was read. Not PostgreSQL's `pg_snapshot_xmax`: that is
    /// the end of the ids whose transactions have ended, and one in flight may have a greater id.
    package let nextTransaction: UInt64

    /// - Parameters:
    ///   - oldestOpenTransaction: the same as `nextTransaction` where one transaction writes at a time.
    package init(changes: [CommittedChange], oldestOpenTransaction: UInt64 = 0, nextTransaction: UInt64 = 0) {
        self.changes = changes
        self.oldestOpenTransaction = oldestOpenTransaction
        self.nextTransaction = nextTransaction
    }
}
