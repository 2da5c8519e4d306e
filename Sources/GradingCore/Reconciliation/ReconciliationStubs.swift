// STUB: replaced by the real implementation. Signatures are agreed.
package import Logging
import ServiceLifecycle

package struct SweepPolicy: Sendable {
    package var interval: Duration = .seconds(180)
    /// Share of the interval by which each wait may be longer or shorter.
    package var jitter: Double = 0.1
    package var grace: Duration = .seconds(120)
    package var batchSize: Int = 10
    package var budget: Duration = .seconds(60)
    package var maxInFlight: Int = 4
    package var requestsPerSecond: Double = 10
    package init() {}
}
package struct SweepSummary: Sendable, Equatable {
    package var tasksProcessed = 0
    package var tasksUpdated = 0
    package var errors = 0
    package var sessionsUpdated = 0
    package var parkedApplied = 0
    /// Taken after the sweep.
    package var statistics = MonitorStatistics()
    package init() {}
}
package enum CheckOutcome: Sendable, Equatable {
    case checked(status: TaskStatus, updated: Bool)
    /// The question failed; the status stands.
    case failed(status: TaskStatus, reason: String)
    /// Nothing was asked: a grade or a person's decision stands.
    case settled(TaskStatus)
    /// Another instance is asking right now.
    case leasedElsewhere(TaskStatus)
    case noSuchTask
}
package actor Reconciler {
    package init(
        store: any Store, commits: CommitQueue, gradingServer: any GradingServerClient, decoder: ReportDecoder,
        policy: SweepPolicy, owner: String, wallClock: WallClock = .system,
        clock: any Clock<Duration> = ContinuousClock(), logger: Logger
    ) { fatalError() }
    /// One sweep at a time: a call during a sweep joins it and gets its summary.
    package func sweep() async throws(StoreError) -> SweepSummary { fatalError() }
    package func check(_ task: TaskID) async throws(StoreError) -> CheckOutcome { fatalError() }
    /// Applies the callbacks that were parked for tasks that exist now; returns how many were applied.
    package func applyParked() async throws(StoreError) -> Int { fatalError() }
    /// When the last sweep ended well; `nil` before the first.
    package var lastSweepAt: Timestamp? { fatalError() }
}
/// Sweeps on an interval with jitter until graceful shutdown; prunes old deliveries as it goes.
package struct SweepScheduler: Service {
    package init(reconciler: Reconciler, store: any Store, policy: SweepPolicy, wallClock: WallClock = .system, clock: any Clock<Duration> = ContinuousClock(), logger: Logger) { fatalError() }
    package func run() async throws { fatalError() }
}
