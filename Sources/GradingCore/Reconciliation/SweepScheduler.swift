package import Logging
import ServiceLifecycle

/// Sweeps on an interval with jitter until graceful shutdown; prunes what is old as it goes.
package struct SweepScheduler: Service {
    static let pruneInterval = Duration.seconds(3_600)

    private let reconciler: Reconciler
    private let store: any Store
    private let policy: SweepPolicy
    private let wallClock: WallClock
    private let clock: any Clock<Duration>
    private let random: @Sendable () -> Double
    private let logger: Logger

    /// - Parameter random: evenly distributed from 0 up to 1, for the jitter.
    package init(
        reconciler: Reconciler,
        store: any Store,
        policy: SweepPolicy,
        wallClock: WallClock = .system,
        clock: any Clock<Duration> = ContinuousClock(),
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) },
        logger: Logger
    ) {
        self.reconciler = reconciler
        self.store = store
        self.policy = policy
        self.wallClock = wallClock
        self.clock = clock
        self.random = random
        self.logger = logger
    }

    /// Errors end a sweep, not the scheduler: the next one may find the database back.
    package func run() async throws {
        var lastPrune: Timestamp?
        var wait = policy.firstSweepWithin * random()
        while await sleeps(for: wait) {
            await sweep()
            if isPruneDue(since: lastPrune) {
                lastPrune = wallClock.now()
                await prune()
            }
            wait = policy.interval * (1 + policy.jitter * (2 * random() - 1))
        }
    }

    /// `false` when it is time to end.
    private func sleeps(for wait: Duration) async -> Bool {
        do {
            try await cancelWhenGracefulShutdown { try await clock.sleep(for: wait) }
        } catch {
            return false
        }
        return !Task.isCancelled && !Task.isShuttingDownGracefully
    }

    /// On graceful shutdown the sweep asks no more by itself; here it is cancelled when what is in flight takes too long,
    /// or when this task is cancelled.
    private func sweep() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                // Cancelled: the sweep is over.
                do { try await patienceIsOver() } catch { return }
                await reconciler.cancelSweep()
            }
            await withTaskCancellationHandler {
                await sweepAndLog()
            } onCancel: {
                Task { await reconciler.cancelSweep() }
            }
            group.cancelAll()
        }
    }

    private func patienceIsOver() async throws {
        try await gracefulShutdown()
        try await clock.sleep(for: policy.shutdownPatience)
    }

    private func sweepAndLog() async {
        do throws(StoreError) {
            let summary = try await reconciler.sweep()
            logger.log(level: summary.isEventful ? .info : .debug, "Sweep done", metadata: summary.logMetadata)
        } catch {
            logger.warning("A sweep failed; the next one tries again", metadata: ["error": "\(error)"])
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
