/// Which rows of the delivery ledger are wanted, newest first; those of one moment by id, the greatest first.
package struct LedgerPage: Sendable, Equatable {
    /// 1 to 1,000 rows.
    package let limit: Int
    /// Only rows that stand after this one in the list.
    package let before: LogCursor?
    /// Only those of this task.
    package let task: TaskID?

    package init(limit: Int, before: LogCursor? = nil, task: TaskID? = nil) {
        self.limit = limit
        self.before = before
        self.task = task
    }

    /// Where the page begins, for a comparison of rows: with no cursor at the end of all time.
    package var start: (time: Timestamp, id: String) {
        (before?.createdAt ?? Self.endOfTime, before?.id ?? "")
    }

    /// 9999-12-31T23:59:59.999Z: nothing was received later, and both databases know it.
    private static let endOfTime = Timestamp(milliseconds: 253_402_300_799_999)
}
