import Logging
import Metrics
import TestSupport
import Testing

@testable import GradingCore

/// A reconciler between a fake store and a fake grading server, with one clock for everything.
struct ReconcilerHarness: Sendable {
    static let epoch = Timestamp(milliseconds: 1_700_000_000_000)

    let clock: TestClock
    let store: FakeStore
    let server: FakeGradingServer
    let queue: CommitQueue
    let reconciler: Reconciler
    let lines = LogLines()

    /// Not paced unless the policy says so.
    static var unpaced: SweepPolicy {
        var policy = SweepPolicy()
        policy.requestsPerSecond = 0
        return policy
    }

    /// - Parameter gradingServer: another one than ``server``, where that will not do.
    init(
        store: FakeStore,
        server: FakeGradingServer = FakeGradingServer(),
        gradingServer: (any GradingServerClient)? = nil,
        policy: SweepPolicy = unpaced,
        clock: TestClock = TestClock(),
        random: @escaping @Sendable () -> Double = { 0.5 },
        metrics: any MetricsFactory = NOOPMetricsHandler.instance
    ) {
        self.clock = clock
        self.store = store
        self.server = server
        queue = CommitQueue(
            store: store,
            bounds: .patient,
            wallClock: Self.wallClock(clock),
            logger: CommitQueueTests.quiet
        )
        reconciler = Reconciler(
            store: store,
            commits: queue,
            gradingServer: gradingServer ?? server,
            decoder: ReportDecoder(),
            policy: policy,
            owner: "me",
            wallClock: Self.wallClock(clock),
            clock: clock,
            random: random,
            metrics: metrics,
            logger: CommitQueueTests.quiet
        )
    }

    /// The test clock, as the time of day.
    static func wallClock(_ clock: TestClock) -> WallClock {
        WallClock { epoch.advanced(by: clock.now.offset) }
    }

    static func at(_ offset: Duration) -> Timestamp { epoch.advanced(by: offset) }

    /// With the commit queue running.
    func run<T: Sendable>(_ body: () async throws -> T) async throws -> T {
        try await CommitQueueTests.running(queue, body)
    }

    func sweep() async throws -> SweepSummary {
        try await run { try await reconciler.sweep() }
    }

    func check(_ task: String) async throws -> CheckOutcome {
        try await run { try await reconciler.check(TaskID(task)!) }
    }
}

extension CheckOutcome {
    static func found(
        _ status: TaskStatus,
        updated: Bool,
        askedBy: ReportSource = .manual,
        learnedVia: ReportSource? = nil
    ) -> CheckOutcome {
        let learned = Learned(via: learnedVia ?? askedBy)
        return .checked(CheckFinding(status: status, updated: updated, askedBy: askedBy, learned: learned))
    }
}

extension Reconciler {
    /// Joins what is under way, and only then lets it come to its end: the actor is not left in between.
    func joinSweep(then release: @Sendable () -> Void) async throws -> SweepSummary {
        release()
        return try await sweep()
    }

    func joinCheck(_ task: TaskID, then release: @Sendable () -> Void) async throws -> CheckOutcome {
        release()
        return try await check(task)
    }
}
