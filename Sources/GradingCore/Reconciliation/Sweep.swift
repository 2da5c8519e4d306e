import Logging
import ServiceLifecycle

/// One sweep, from the parked callbacks to the statistics.
struct Sweep: Sendable {
    let check: StatusCheck
    let parked: ParkedReports
    let owner: String
    let clock: any Clock<Duration>

    private var policy: SweepPolicy { check.policy }
    private var store: any Store { check.store }
    private var wallClock: WallClock { check.wallClock }

    /// Whether the sweep came to its natural end, and what it did.
    struct Report: Sendable {
        let summary: SweepSummary
        let isComplete: Bool
    }

    /// Throws when the database does not serve at the start, or not even the statistics can be had at the end.
    func run() async throws(StoreError) -> Report {
        let stopwatch = Stopwatch(clock)
        var summary = SweepSummary()
        summary.parkedApplied = try await parked.apply()
        let progress: SweepProgress
        do throws(StoreError) {
            summary.sessionsUpdated = try await store.rollUpSessions(at: wallClock.now())
            _ = try await store.scheduleOpenTasks(at: wallClock.now())
            progress = await askDueTasks(until: stopwatch)
        } catch {
            var stopped = SweepProgress(maxInFlight: policy.maxInFlight)
            stopped.storeFailed(error)
            progress = stopped
        }
        summary.tasksProcessed = progress.asked
        summary.tasksUpdated = progress.updated
        summary.errors = progress.errors
        await release(progress.unasked)
        if progress.foundServerDown { noteOutage(progress) }
        check.metrics.recordSweep(took: stopwatch.elapsed())
        return try await conclude(summary, storeFailure: progress.storeFailure)
    }

    private func noteOutage(_ progress: SweepProgress) {
        check.metrics.countOutage()
        check.logger.warning(
            "The grading server does not answer; the sweep asks no more, the next one tries again",
            metadata: ["failed": "\(progress.errors)", "unasked": "\(progress.unasked.count)"]
        )
    }

    /// Where this fails, the leases end by themselves.
    private func release(_ tasks: [ClaimedTask]) async {
        guard !tasks.isEmpty else { return }
        do throws(StoreError) {
            try await store.release(tasks)
        } catch {
            check.logger.debug("Leases were not released; they end by themselves", metadata: ["error": "\(error)"])
        }
    }

    private func conclude(_ summary: SweepSummary, storeFailure: StoreError?) async throws(StoreError) -> Report {
        var summary = summary
        if let storeFailure {
            check.logger.warning(
                "The sweep ended early: the database did not serve",
                metadata: ["error": "\(storeFailure)"].merging(summary.logMetadata) { mine, _ in mine }
            )
            if !summary.isEventful { throw storeFailure }
        }
        // Without figures there is no truthful summary: zeros would say that nothing is pending.
        summary.open = try await store.openWork()
        return Report(summary: summary, isComplete: storeFailure == nil && !isInterrupted)
    }

    private enum Step: Sendable {
        case answered(StatusCheck.Answer?)
        case settled(StatusCheck.Settlement)
    }

    /// Claim after claim until nothing is due or the budget is spent, never more than the allowed number in flight.
    private func askDueTasks(until stopwatch: Stopwatch) async -> SweepProgress {
        await withTaskGroup(of: Step.self) { group in
            var progress = SweepProgress(maxInFlight: policy.maxInFlight, outageThreshold: policy.outageThreshold)
            while true {
                if mustStop(stopwatch) { progress.stop() }
                switch progress.next(now: wallClock.now()) {
                case .claim: await claim(for: &progress)
                case .ask(let task): group.addTask { .answered(await check.ask(about: task)) }
                case .wait:
                    guard let step = await group.next() else { return progress }
                    take(step, &progress, &group)
                case .finish: return progress
                }
            }
        }
    }

    private func mustStop(_ stopwatch: Stopwatch) -> Bool {
        isInterrupted || stopwatch.elapsed() >= policy.budget
    }

    private var isInterrupted: Bool { Task.isCancelled || Task.isShuttingDownGracefully }

    private func take(_ step: Step, _ progress: inout SweepProgress, _ group: inout TaskGroup<Step>) {
        switch step {
        case .answered(let answer):
            progress.answered(settling: answer != nil)
            if let answer { group.addTask { .settled(await check.settle(answer, source: .sweep)) } }
        case .settled(let settlement):
            progress.settled(settlement)
        }
    }

    private func claim(for progress: inout SweepProgress) async {
        let now = wallClock.now()
        let request = ClaimRequest(
            limit: policy.batchSize,
            now: now,
            owner: owner,
            leaseExpiresAt: now.advanced(by: policy.lease)
        )
        do throws(StoreError) {
            progress.claimed(try await store.claimDueTasks(request), askBefore: now.advanced(by: policy.lease / 2))
        } catch {
            progress.storeFailed(error)
        }
    }
}

extension SweepSummary {
    var logMetadata: Logger.Metadata {
        [
            "asked": "\(tasksProcessed)", "updated": "\(tasksUpdated)", "errors": "\(errors)",
            "sessions": "\(sessionsUpdated)", "parked": "\(parkedApplied)",
        ]
    }
}
