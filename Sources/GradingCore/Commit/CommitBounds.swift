/// How much the commit queue takes in, how much of it goes into one transaction, and how long it may wait for that.
package struct CommitBounds: Sendable {
    /// Per transaction: 256 reports, 8 MiB. In the queue: 4,096 reports, 64 MiB, 4 s.
    package static let standard = CommitBounds(
        batchReports: 256,
        batchBytes: 8 << 20,
        queuedReports: 4_096,
        queuedBytes: 64 << 20,
        patience: .seconds(4)
    )

    /// The most reports in one transaction, 1 or more.
    package var batchReports: Int
    /// The most bytes (``TaskReport/cost``) in one transaction; a report that is larger by itself goes alone.
    package var batchBytes: Int
    /// The most reports that wait; those of the commit in flight no longer count.
    package var queuedReports: Int
    /// The most bytes that wait; a report that is larger by itself is taken in when nothing else waits.
    package var queuedBytes: Int
    /// The longest that a report waits before its transaction begins. So a database that hangs costs a sender no more than
    /// this and one transaction's deadline, however many wait before it.
    package var patience: Duration

    /// So many reports, 1 or more, go out beside another batch, however large that is; fewer only beside one that is no larger.
    package var besideReports: Int

    package init(
        batchReports: Int,
        batchBytes: Int,
        queuedReports: Int,
        queuedBytes: Int,
        patience: Duration,
        besideReports: Int = 10
    ) {
        self.batchReports = batchReports
        self.batchBytes = batchBytes
        self.queuedReports = queuedReports
        self.queuedBytes = queuedBytes
        self.patience = patience
        self.besideReports = besideReports
    }
}
