// STUB: replaced by the real implementation. Signatures are agreed.
package import Logging
import ServiceLifecycle

package struct CommitBounds: Sendable {
    /// Per transaction: 256 reports, 8 MiB. In the queue: 4,096 reports, 64 MiB.
    package static let standard = CommitBounds(batchReports: 256, batchBytes: 8 << 20, queuedReports: 4_096, queuedBytes: 64 << 20)
    package var batchReports: Int
    package var batchBytes: Int
    package var queuedReports: Int
    package var queuedBytes: Int
}
package enum CommitError: Error, Sendable, Equatable {
    /// The queue is full: nothing was taken in, try again later.
    case full
    /// The server is shutting down: nothing was taken in.
    case draining
    case store(StoreError)
}
package final class CommitQueue: Service, Sendable {
    package init(store: any Store, bounds: CommitBounds = .standard, wallClock: WallClock = .system, logger: Logger) { fatalError() }
    /// Returns after the commit with this report's own outcome.
    package func submit(_ report: TaskReport) async throws(CommitError) -> ReportOutcome { fatalError() }
    /// Commits what is submitted until graceful shutdown, then commits what is queued and returns.
    package func run() async throws { fatalError() }
}
