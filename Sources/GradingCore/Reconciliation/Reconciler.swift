package import Logging
package import Metrics

/// Finds out what callbacks did not say: asks the grading server, in sweeps and one by one, and hands what it answers to
/// the commit queue, which must be running.
///
/// The actor only sees to it that there is one sweep at a time and one manual check for each task; the work itself runs
/// outside of it.
package actor Reconciler {
    private let check: StatusCheck
    private let parked: ParkedReports
    private let sweepOnce: Sweep
    private let owner: String
    private let ledger: GraceLedger
    private let executor: (any TaskExecutor)?

    private var runningSweep: Task<Result<SweepSummary, StoreError>, Never>?
    private var runningChecks: [TaskID: Task<Result<CheckOutcome, StoreError>, Never>] = [:]

    /// When the last sweep ended well, or was seen to be another instance's; `nil` before the first.
    package private(set) var lastSweepAt: Timestamp?

    /// - Parameters:
    ///   - owner: names this process among all that share the database; it owns the leases.
    ///   - random: evenly distributed from 0 up to 1, for the jitter.
    ///   - executor: runs sweeps and checks, which are tasks of their own; `nil` for the global pool.
    package init(
        store: any Store,
        commits: CommitQueue,
        gradingServer: any GradingServerClient,
        decoder: ReportDecoder,
        policy: SweepPolicy,
        owner: String,
        wallClock: WallClock = .system,
        clock: any Clock<Duration> = ContinuousClock(),
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) },
        executor: (any TaskExecutor)? = nil,
        metrics: any MetricsFactory = MetricsSystem.factory,
        logger: Logger
    ) {
        let decode: StatusCheck.Decode = { (body, task, provenance) throws(ReportDecodingError) in
            try decoder.decode(body, task: task, provenance: provenance)
        }
        self.init(
            check: StatusCheck(
                store: store,
                commits: commits,
                gradingServer: gradingServer,
                decode: decode,
                gate: GradingServerGate(
                    policy: policy,
                    wallClock: wallClock,
                    clock: clock,
                    metrics: GradingServerMetrics(factory: metrics),
                    logger: logger
                ),
                policy: policy,
                leaseEnds: LeaseEnds(store: store, wallClock: wallClock, executor: executor),
                wallClock: wallClock,
                random: random,
                metrics: CheckMetrics(factory: metrics),
                logger: logger
            ),
            owner: owner,
            clock: clock,
            executor: executor
        )
    }

    init(check: StatusCheck, owner: String, clock: any Clock<Duration>, executor: (any TaskExecutor)? = nil) {
        self.check = check
        self.parked = ParkedReports(store: check.store, commits: check.commits, logger: check.logger)
        self.ledger = GraceLedger(check.policy.effectiveAdaptiveGrace)
        self.sweepOnce = Sweep(check: check, parked: parked, owner: owner, ledger: ledger, clock: clock)
        self.owner = owner
        self.executor = executor
    }

    /// How this process fares with the grading server.
    package nonisolated var gradingServerHealth: GradingServerHealth { check.gate.health }

    /// What the adaptive grace decided.
    package nonisolated var graceReport: GraceReport { ledger.report }

    /// One sweep at a time: a call during a sweep joins it and gets its summary. Cancelling a caller does not end the
    /// sweep, since others may wait for it: ``cancelSweep()`` does.
    ///
    /// Throws when the database did not serve and nothing was done, or when no statistics could be had at the end.
    package func sweep() async throws(StoreError) -> SweepSummary {
        let isJoining = runningSweep != nil
        let running = runningSweep ?? Task(executorPreference: executor) { await self.runSweep() }
        runningSweep = running
        var summary = try await running.value.get()
        summary.isJoined = isJoining
        return summary
    }

    /// Another instance holds the lease on the sweep: as good as a sweep of one's own.
    func noteSweepElsewhere() {
        lastSweepAt = check.wallClock.now()
    }

    /// Ends a sweep that is under way, for a shutdown that has no more patience. Nothing that was committed is lost.
    package func cancelSweep() {
        runningSweep?.cancel()
    }

    /// Ends everything that is under way, for the same reason.
    package func cancelWork() {
        cancelSweep()
        for check in runningChecks.values { check.cancel() }
    }

    /// Asks about one task, due or not. Concurrent checks of one task are one question, that of a sweep among them; cancelling a
    /// caller does not call it back.
    package func check(_ task: TaskID) async throws(StoreError) -> CheckOutcome {
        let running = runningChecks[task] ?? Task(executorPreference: executor) { await self.runCheck(of: task) }
        runningChecks[task] = running
        return try await running.value.get()
    }

    /// Applies the callbacks that were parked for tasks that exist now; returns how many were applied. Throws when the
    /// database does not serve and nothing was applied.
    package func applyParked() async throws(StoreError) -> Int {
        try await parked.apply()
    }

    /// Whether the grading server can be asked to grade a failed task again.
    nonisolated var takesResubmissions: Bool { check.gradingServer.takesResubmissions }

    /// See ``StatusCheck/resubmit(begin:)``.
    nonisolated func resubmit(
        begin: () async throws(StoreError) -> Resubmission?
    ) async throws(StoreError) -> ResubmissionOutcome {
        try await check.resubmit(begin: begin)
    }

    /// The attempt under way ends as FAILED. Where the database does not serve, the task is asked about later.
    nonisolated func fail(_ task: TaskID, _ reason: String, source: ReportSource) async {
        _ = await check.fail(task, reason, source: source)
    }

    private func runSweep() async -> Result<SweepSummary, StoreError> {
        defer { runningSweep = nil }
        do throws(StoreError) {
            let report = try await sweepOnce.run()
            if report.isComplete { lastSweepAt = check.wallClock.now() }
            return .success(report.summary)
        } catch {
            return .failure(error)
        }
    }

    private func runCheck(of task: TaskID) async -> Result<CheckOutcome, StoreError> {
        defer { runningChecks[task] = nil }
        do throws(StoreError) {
            return .success(try await check.run(on: task, owner: "\(owner)/manual"))
        } catch {
            return .failure(error)
        }
    }
}
