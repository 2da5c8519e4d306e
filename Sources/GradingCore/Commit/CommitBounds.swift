/// How much the commit queue takes in, and how much of it goes into one transaction.
package struct CommitBounds: Sendable {
    /// Per transaction: 256 reports, 8 MiB. In the queue: 4,096 reports, 64 MiB.
    package static let standard = CommitBounds(
        batchReports: 256,
        batchBytes: 8 << 20,
        queuedReports: 4_096,
        queuedBytes: 64 << 20
    )

    /// The most reports in one transaction, 1 or more.
    package var batchReports: Int
    /// The most bytes (``TaskReport/cost``) in one transaction; a report that is larger by itself goes alone.
    package var batchBytes: Int
    /// The most reports that wait; those of the commit in flight no longer count.
    package var queuedReports: Int
    /// The most bytes that wait; a report that is larger by itself is taken in when nothing else waits.
    package var queuedBytes: Int

    package init(batchReports: Int, batchBytes: Int, queuedReports: Int, queuedBytes: Int) {
        self.batchReports = batchReports
        self.batchBytes = batchBytes
        self.queuedReports = queuedReports
        self.queuedBytes = queuedBytes
    }
}
