package import Logging
import ServiceLifecycle
import Synchronization

/// Sweeps on an interval with jitter until graceful shutdown; prunes what is old as it goes. Of several instances on one
/// database one does so at a time.
package struct SweepScheduler: Service {
    static let pruneInterval = Duration.seconds(3_600)
    /// How often an instance whose turn it is not looks whether it has become so, unless the interval is shorter.
    static let turnCheck = Duration.seconds(30)

    private let reconciler: Reconciler
    private let store: any Store
    private let retries: TaskRetries?
    private let policy: SweepPolicy
    private let owner: String
    private let wallClock: WallClock
    private let clock: any Clock<Duration>
    private let random: @Sendable () -> Double
    private let executor: (any TaskExecutor)?
    private let logger: Logger

    /// - Parameters:
    ///   - retries: what begins failed tasks anew after each sweep, where that is wanted.
    ///   - owner: names this instance among all that share the database; it owns the lease on the sweep.
    ///   - random: evenly distributed from 0 up to 1, for the jitter.
    ///   - executor: runs its waits, which are tasks of their own; `nil` for the global pool.
    package init(
        reconciler: Reconciler,
        store: any Store,
        retries: TaskRetries? = nil,
        policy: SweepPolicy,
        owner: String,
        wallClock: WallClock = .system,
        clock: any Clock<Duration> = ContinuousClock(),
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) },
        executor: (any TaskExecutor)? = nil,
        logger: Logger
    ) {
        self.reconciler = reconciler
        self.store = store
        self.retries = retries
        self.policy = policy
        self.owner = owner
        self.wallClock = wallClock
        self.clock = clock
        self.random = random
        self.executor = executor
        self.logger = logger
    }

    /// Errors end a sweep, not the scheduler: the next one may find the database back.
    package func run() async throws {
        var lead = SweepLead(store: store, owner: owner, policy: policy, wallClock: wallClock, logger: logger)
        var lastPrune: Timestamp?
        var wait = policy.firstSweepWithin * random()
        while await sleeps(for: wait) {
            switch await lead.take() {
            case .mine:
                wait = jittered(policy.interval)
                if await leads(&lead, next: &wait), isPruneDue(since: lastPrune) {
                    lastPrune = wallClock.now()
                    await prune()
                }
            case .anothers:
                wait = jittered(min(policy.interval, Self.turnCheck))
                await reconciler.noteSweepElsewhere()
            case .unknown:
                wait = jittered(policy.interval)
            }
        }
        await lead.giveUp()
    }

    /// Sweeps once. An instance that cannot sweep leaves the next one to another; `false` then.
    private func leads(_ lead: inout SweepLead, next wait: inout Duration) async -> Bool {
        guard let summary = await sweep() else {
            await lead.giveUp()
            return false
        }
        // What is due and was not asked about waits for the grading server, not for us.
        wait = min(wait, untilNextQuestion ?? (summary.isCutShort ? .zero : wait))
        await lead.keep(for: wait)
        return true
    }

    /// When the grading server is left alone, the next sweep comes as soon as it may be asked again; `nil` when it is not.
    private var untilNextQuestion: Duration? {
        let health = reconciler.gradingServerHealth
        if let next = health.nextQuestionAt { return max(.seconds(1), wallClock.now().duration(to: next)) }
        return health.breaker == .closed ? nil : policy.breaker.interval
    }

    private func jittered(_ wait: Duration) -> Duration {
        wait * (1 + policy.jitter * (2 * random() - 1))
    }

    /// `false` when it is time to end.
    private func sleeps(for wait: Duration) async -> Bool {
        let sleep = Task(executorPreference: executor) { [clock] in try await clock.sleep(for: wait) }
        do {
            try await withTaskCancellationOrGracefulShutdownHandler {
                try await sleep.value
            } onCancelOrGracefulShutdown: {
                sleep.cancel()
            }
        } catch {
            return false
        }
        return !Task.isCancelled && !Task.isShuttingDownGracefully
    }

    /// On graceful shutdown the sweep asks no more by itself; here it is cancelled when what is in flight takes too long,
    /// or when this task is cancelled.
    private func sweep() async -> SweepSummary? {
        let shutdown = Mutex<Task<Void, Never>?>(nil)
        defer { shutdown.withLock { $0 }?.cancel() }
        return await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                await sweepAndLog()
            } onGracefulShutdown: {
                let patience = Task(executorPreference: executor) { await cancelSweep(after: policy.shutdownPatience) }
                shutdown.withLock { $0 = patience }
            }
        } onCancel: {
            Task(executorPreference: executor) { await reconciler.cancelSweep() }
        }
    }

    private func cancelSweep(after patience: Duration) async {
        // Cancelled: the sweep is over.
        do { try await clock.sleep(for: patience) } catch { return }
        await reconciler.cancelSweep()
    }

    private func sweepAndLog() async -> SweepSummary? {
        do throws(StoreError) {
            let summary = try await reconciler.sweep()
            logger.log(level: summary.isEventful ? .info : .debug, "Sweep done", metadata: summary.logMetadata)
            _ = try await retries?.runDue()
            return summary
        } catch {
            logger.warning("A sweep failed; the next one tries again", metadata: ["error": "\(error)"])
            return nil
        }
    }

    private func isPruneDue(since last: Timestamp?) -> Bool {
        guard let last else { return true }
        return last.duration(to: wallClock.now()) >= Self.pruneInterval
    }

    private func prune() async {
        do throws(StoreError) {
            let pruned = try await store.prune(PruneLimits(at: wallClock.now()))
            if pruned > 0 { logger.info("Old deliveries and changes forgotten", metadata: ["rows": "\(pruned)"]) }
        } catch {
            logger.warning("Old deliveries and changes could not be forgotten", metadata: ["error": "\(error)"])
        }
    }
}
