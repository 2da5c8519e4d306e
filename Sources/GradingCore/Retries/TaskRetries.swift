package import Logging

/// Gives failed tasks another attempt: those of a session, one by itself, or those whose time has come.
///
/// The grading server is asked first: perhaps it has succeeded since, and then the grade is taken and nothing begins anew. Where
/// it takes resubmissions, the task is then submitted again; else it is asked about again.
package struct TaskRetries: Sendable {
    /// Questions under way at once; the pacer that all checks share bounds their rate.
    private static let concurrency = 4
    /// After so many questions in a row without an answer the grading server is down.
    private static let outageThreshold = 5
    /// Begun by themselves at a time; the next ones come with the next sweep.
    private static let automaticBatch = 100

    let store: any Store
    let reconciler: Reconciler
    let policy: AttemptPolicy
    let wallClock: WallClock
    let logger: Logger

    package init(
        store: any Store,
        reconciler: Reconciler,
        policy: AttemptPolicy,
        wallClock: WallClock = .system,
        logger: Logger
    ) {
        self.store = store
        self.reconciler = reconciler
        self.policy = policy
        self.wallClock = wallClock
        self.logger = logger
    }

    /// All failed tasks of a session; `nil` when there is no such session.
    package func run(on session: SessionID) async throws(StoreError) -> [RetriedTask]? {
        guard let failed = try await store.failedTasks(of: session) else { return nil }
        return try await retry(failed, source: .manual)
    }

    package func run(on task: TaskID) async throws(StoreError) -> TaskRetryOutcome {
        guard let snapshot = try await store.task(task) else { return .noSuchTask }
        guard snapshot.status == .failed else { return .notFailed(snapshot.status) }
        return try await retry([snapshot], source: .manual).first.map(TaskRetryOutcome.done) ?? .noSuchTask
    }

    /// Those that begin anew by themselves, when that is switched on.
    package func runDue() async throws(StoreError) -> [RetriedTask] {
        guard policy.isAutomatic else { return [] }
        let now = wallClock.now()
        let failed = try await store.failedTasks(
            since: policy.earliestFailure(at: now),
            belowAttempt: policy.maximum,
            limit: Self.automaticBatch
        )
        let due = failed.filter { policy.isDue($0, at: now) }
        guard !due.isEmpty else { return [] }
        let retried = try await retry(due.map(\.snapshot), source: .sweep)
        logger.info(
            "Failed tasks retried",
            metadata: ["due": "\(due.count)", "begun": "\(retried.count { $0.outcome == .retried })"]
        )
        return retried
    }

    // MARK: Beginning anew

    private func retry(_ failed: [TaskSnapshot], source: ReportSource) async throws(StoreError) -> [RetriedTask] {
        let answers = try await ask(about: failed.map(\.task))
        let stillFailed = failed.filter { answers[$0.task] == .stillFailed }
        let begun = try await reconciler.takesResubmissions ? resubmit(stillFailed, source) : restart(stillFailed, source)
        return failed.map { snapshot in
            switch answers[snapshot.task] ?? .unanswered {
            case .ended: RetriedTask(snapshot, .recovered)
            case .unanswered: RetriedTask(snapshot, .unanswered)
            case .stillFailed: begun[snapshot.task] ?? RetriedTask(snapshot, .unanswered)
            }
        }
    }

    /// Without a resubmission: PENDING again, and asked about.
    private func restart(_ failed: [TaskSnapshot], _ source: ReportSource) async throws(StoreError) -> [TaskID: RetriedTask] {
        let begun = try await begin(failed.map(\.task), source)
        var retried: [TaskID: RetriedTask] = [:]
        for snapshot in failed {
            let attempt = begun[snapshot.task]
            retried[snapshot.task] = attempt.map { RetriedTask(snapshot, attempt: $0, .retried) } ?? notBegun(snapshot)
        }
        return retried
    }

    /// One finds out whether the grading server takes any; then several at once. Where it is to be left alone, the gate refuses the
    /// rest, which is not retried.
    private func resubmit(_ failed: [TaskSnapshot], _ source: ReportSource) async throws(StoreError) -> [TaskID: RetriedTask] {
        var retried: [TaskID: RetriedTask] = [:]
        for result in await resubmitted(failed, source) {
            let task = try result.get()
            retried[task.task] = task
        }
        // Callbacks under the new ids may have been faster than the answers that named them.
        if retried.values.contains(where: { $0.newTask != nil }) { _ = try await reconciler.applyParked() }
        return retried
    }

    /// In any order; ends early where the database does not serve.
    private func resubmitted(_ failed: [TaskSnapshot], _ source: ReportSource) async -> [Result<RetriedTask, StoreError>] {
        await withTaskGroup(of: Result<RetriedTask, StoreError>.self) { group in
            var results: [Result<RetriedTask, StoreError>] = []
            var (rest, underWay, allowed) = (failed[...], 0, 1)
            while true {
                while underWay < allowed, let next = rest.popFirst() {
                    underWay += 1
                    group.addTask { await resubmit(next, source) }
                }
                guard let result = await group.next() else { return results }
                underWay -= 1
                results.append(result)
                switch result {
                case .success(let task): if task.outcome == .retried { allowed = Self.concurrency }
                case .failure: rest = []
                }
            }
        }
    }

    private func resubmit(_ snapshot: TaskSnapshot, _ source: ReportSource) async -> Result<RetriedTask, StoreError> {
        do throws(StoreError) {
            let outcome = try await reconciler.resubmit { () throws(StoreError) in
                try await begin([snapshot.task], source)[snapshot.task].map { attempt in
                    Resubmission(task: snapshot.task, student: snapshot.student, session: snapshot.session, attempt: attempt)
                }
            }
            return .success(try await settle(outcome, of: snapshot, source))
        } catch {
            return .failure(error)
        }
    }

    private func begin(_ tasks: [TaskID], _ source: ReportSource) async throws(StoreError) -> [TaskID: Int] {
        try await store.retry(tasks, maximumAttempts: policy.maximum, source: source, at: wallClock.now())
    }

    private func settle(
        _ outcome: ResubmissionOutcome,
        of snapshot: TaskSnapshot,
        _ source: ReportSource
    ) async throws(StoreError) -> RetriedTask {
        switch outcome {
        case .leftAlone: return RetriedTask(snapshot, .unanswered)
        case .notBegun: return notBegun(snapshot)
        case .interrupted(let attempt): return RetriedTask(snapshot, attempt: attempt, .retried)
        case .refused(let attempt, let reason): return await refuse(snapshot, attempt, reason, source)
        case .taken(let attempt, let new):
            if new == snapshot.task { return RetriedTask(snapshot, attempt: attempt, .retried) }
            switch try await store.replaceTask(snapshot.task, by: new, attempt: attempt, source: source, at: wallClock.now()) {
            case .replaced: return RetriedTask(snapshot, attempt: attempt, .retried, newTask: new)
            case .overtaken: return RetriedTask(snapshot, attempt: attempt, .overtaken)
            case .taken:
                let reason = "it was submitted again, but the task id \(new) that came back is another's"
                return await refuse(snapshot, attempt, reason, source)
            }
        }
    }

    private func refuse(
        _ snapshot: TaskSnapshot,
        _ attempt: Int,
        _ reason: String,
        _ source: ReportSource
    ) async -> RetriedTask {
        await reconciler.fail(snapshot.task, reason, source: source)
        return RetriedTask(snapshot, attempt: attempt, .refused, reason: reason)
    }

    /// Somebody else may have begun it, or a callback have ended it, in the meantime.
    private func notBegun(_ snapshot: TaskSnapshot) -> RetriedTask {
        RetriedTask(snapshot, snapshot.attempt >= policy.maximum ? .exhausted : .overtaken)
    }

    // MARK: Asking first

    private enum Answer: Sendable {
        case stillFailed
        case ended
        case unanswered
    }

    private func ask(about tasks: [TaskID]) async throws(StoreError) -> [TaskID: Answer] {
        var answers: [TaskID: Answer] = [:]
        var unansweredInARow = 0
        var rest = tasks[...]
        while !rest.isEmpty, unansweredInARow < Self.outageThreshold {
            let group = rest.prefix(Self.concurrency)
            rest = rest.dropFirst(Self.concurrency)
            for (task, result) in await check(Array(group)) {
                let answer = Self.answer(in: try result.get())
                answers[task] = answer
                unansweredInARow = answer == .unanswered ? unansweredInARow + 1 : 0
            }
        }
        return answers
    }

    private func check(_ tasks: [TaskID]) async -> [(TaskID, Result<CheckOutcome, StoreError>)] {
        await withTaskGroup(of: (TaskID, Result<CheckOutcome, StoreError>).self) { group in
            for task in tasks { group.addTask { (task, await result(of: task)) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }

    /// A function of its own: Swift 6.3 destroys what it never made when the call throws in the middle of a pair, in optimized builds.
    private func result(of task: TaskID) async -> Result<CheckOutcome, StoreError> {
        do throws(StoreError) { return .success(try await reconciler.check(task)) } catch { return .failure(error) }
    }

    /// Who was not answered for lack of a grading server keeps the failure: beginning anew could grade twice what has succeeded.
    private static func answer(in outcome: CheckOutcome) -> Answer {
        switch outcome {
        case .checked(let finding): finding.status == .failed ? .stillFailed : .ended
        case .settled: .ended
        case .failed(let status, _, let isOutage): isOutage ? .unanswered : status == .failed ? .stillFailed : .ended
        case .leasedElsewhere, .noSuchTask: .unanswered
        }
    }
}
