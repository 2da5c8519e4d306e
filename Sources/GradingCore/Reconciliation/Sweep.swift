import Logging
import ServiceLifecycle

/// One sweep, from the parked callbacks to the statistics.
struct Sweep: Sendable {
    let check: StatusCheck
    let parked: ParkedReports
    let owner: String
    let ledger: GraceLedger
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
        summary.gradingServer = check.gate.health.breaker
        summary.isCutShort = progress.isCutShort && progress.storeFailure == nil
        await release(progress.unasked)
        await measureLoss()
        if check.gate.isNarrow { noteOutage(progress) }
        check.metrics.recordSweep(took: stopwatch.elapsed())
        return try await conclude(summary, storeFailure: progress.storeFailure)
    }

    /// Who was not asked has failed no check, and is due at once when the grading server is back.
    private func noteOutage(_ progress: SweepProgress) {
        check.metrics.countOutage()
        check.logger.warning(
            "The grading server does not answer; the sweep asked no more, the next one tries again",
            metadata: ["failed": "\(progress.errors)", "unasked": "\(progress.unasked.count)"]
        )
    }

    /// Where this fails, the leases end by themselves.
    private func release(_ tasks: [ClaimedTask]) async {
        guard !tasks.isEmpty else { return }
        // Whoever has joined one of them may then ask about it.
        defer { for task in tasks { check.underWay.end(task.task, nil) } }
        do throws(StoreError) {
            try await store.release(tasks)
        } catch {
            check.logger.debug("Leases were not released; they end by themselves", metadata: ["error": "\(error)"])
        }
    }

    /// The callback loss rate of the last two hours, for the metric. Without an answer of the database there is none.
    private func measureLoss() async {
        let now = wallClock.now()
        do throws(StoreError) {
            let groups = try await store.endings(since: now.advanced(by: .seconds(-7_200)))
            check.metrics.record(lossRate: CallbackLoss(groups, at: now).overall.lossRate)
        } catch {
            check.logger.debug("The callback loss rate is not known", metadata: ["error": "\(error)"])
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
        case asked(StatusCheck.Question)
        case settled(StatusCheck.Settlement)
        case claimed(Claim)
    }

    /// What was leased, and the graces with what was learned of the sessions that were met.
    private struct Claim: Sendable {
        var graces: SweepGraces
        var tasks: Result<[ClaimedTask], StoreError> = .success([])
        var putOff = 0
        let at: Timestamp
    }

    /// Claim after claim until nothing is due or the budget is spent, never more than the allowed number in flight. The next claim
    /// is made while questions are in flight, or they would run dry.
    private func askDueTasks(until stopwatch: Stopwatch) async -> SweepProgress {
        await withTaskGroup(of: Step.self) { group in
            var progress = SweepProgress(maxInFlight: policy.maxInFlight)
            var graces = SweepGraces(policy: policy.effectiveAdaptiveGrace, store: store, ledger: ledger)
            while true {
                if mustStop { progress.stop() }
                if isSpent(stopwatch) { progress.cutShort() }
                progress.isNarrow = check.gate.isNarrow
                switch progress.next(now: wallClock.now()) {
                case .claim:
                    let graces = graces
                    group.addTask { .claimed(await claim(graces)) }
                case .ask(let task):
                    let deadline = progress.deadline(of: task.task)
                    group.addTask {
                        .asked(await check.ask(about: task, before: deadline, patience: policy.quietPatience))
                    }
                case .wait:
                    guard let step = await group.next() else { return progress }
                    if case .claimed(let claim) = step { graces = claim.graces }
                    take(step, &progress, &group)
                case .finish: return progress
                }
            }
        }
    }

    private var mustStop: Bool { isInterrupted || check.gate.wait > policy.quietPatience }

    private func isSpent(_ stopwatch: Stopwatch) -> Bool { stopwatch.elapsed() >= policy.budget }

    private var isInterrupted: Bool { Task.isCancelled || Task.isShuttingDownGracefully }

    private func take(_ step: Step, _ progress: inout SweepProgress, _ group: inout TaskGroup<Step>) {
        switch step {
        case .asked(.answered(let answer)):
            progress.answered(answer.claim, settling: true)
            group.addTask { .settled(await check.settle(answer, source: .sweep)) }
        case .asked(.refused(let task, _)): progress.refused(task)
        case .asked(.tooLate(let task)): progress.missed(task)
        case .asked(.interrupted(let task)):
            progress.answered(task, settling: false)
            check.underWay.end(task.task, nil)
        case .settled(let settlement):
            progress.settled(settlement)
            check.underWay.end(settlement.claim.task, settlement)
        case .claimed(let claim): take(claim, &progress)
        }
    }

    private func take(_ claim: Claim, _ progress: inout SweepProgress) {
        switch claim.tasks {
        case .success(let tasks):
            progress.claimed(tasks, putOff: claim.putOff, askBefore: policy.askBefore(claimedAt: claim.at))
        case .failure(let error): progress.claimFailed(error)
        }
    }

    private func claim(_ graces: SweepGraces) async -> Claim {
        var claim = Claim(graces: graces, at: wallClock.now())
        do throws(StoreError) {
            let claimed = try await store.claimDueTasks(request(at: claim.at))
            let tasks = try await claim.graces.sift(claimed, at: claim.at)
            check.underWay.begin(tasks.map(\.task))
            claim.tasks = .success(tasks)
            claim.putOff = claimed.count - tasks.count
        } catch {
            claim.tasks = .failure(error)
        }
        return claim
    }

    private func request(at now: Timestamp) -> ClaimRequest {
        ClaimRequest(
            limit: policy.batchSize,
            now: now,
            owner: owner,
            leaseExpiresAt: now.advanced(by: policy.lease),
            rank: policy.rank
        )
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
