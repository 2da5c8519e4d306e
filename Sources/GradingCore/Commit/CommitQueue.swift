package import Logging
import ServiceLifecycle
import Synchronization

/// The one way to the database for reports: whatever arrives while a commit is in flight goes into the next one, as one
/// transaction (group commit), and each submitter gets its own outcome after the commit.
///
/// A lock around a deque, and as many drain loops as the store commits batches side by side (``Store/commitLanes``). It
/// measured 20 % faster than the same as an actor: a submitter never hops to another executor, and nothing but a few stores
/// happens under the lock.
package final class CommitQueue: Service, Sendable {
    /// Takes a report's outcome, once, on whatever thread knows it first, also within a cancellation handler. It must not keep
    /// that thread.
    package typealias Completion = @Sendable (Result<ReportOutcome, CommitError>) -> Void
    private typealias State = CommitQueueState<Completion, CheckedContinuation<Void, Never>>

    private let state: Mutex<State>
    private let patience: Duration
    private let store: any Store
    private let wallClock: WallClock
    private let stopwatch: Stopwatch
    private let logger: Logger
    private let metrics: CommitMetrics
    private let unknownWords: UnknownWords
    private let executor: (any TaskExecutor)?

    package convenience init(
        store: any Store,
        bounds: CommitBounds = .standard,
        wallClock: WallClock = .system,
        clock: any Clock<Duration> = ContinuousClock(),
        executor: (any TaskExecutor)? = nil,
        logger: Logger
    ) {
        self.init(
            store: store,
            bounds: bounds,
            wallClock: wallClock,
            clock: clock,
            executor: executor,
            metrics: CommitMetrics(),
            logger: logger
        )
    }

    /// - Parameters:
    ///   - clock: tells how long a report has waited.
    ///   - executor: runs all lanes; `nil` for what the store says.
    init(
        store: any Store,
        bounds: CommitBounds,
        wallClock: WallClock,
        clock: any Clock<Duration>,
        executor: (any TaskExecutor)? = nil,
        metrics: CommitMetrics,
        logger: Logger
    ) {
        self.state = Mutex(State(bounds: bounds))
        self.patience = bounds.patience
        self.store = store
        self.wallClock = wallClock
        self.stopwatch = Stopwatch(clock)
        self.metrics = metrics
        self.logger = logger
        self.unknownWords = UnknownWords(logger: logger)
        self.executor = executor
    }

    /// The status words of submitted reports that are not in the vocabulary, since the process began.
    package var unknownWordCounts: UnknownWordCounts { unknownWords.counts }

    /// Reports that wait for a commit, without those of the commit in flight.
    var depth: Int { state.withLock { $0.count } }

    /// Returns after the commit with this report's own outcome. Reports submitted before ``run()`` wait for it. One
    /// that has waited for longer than ``CommitBounds/patience`` fails as ``StoreError/unavailable(_:)``: nothing was written.
    ///
    /// Cancelling the caller changes nothing: the report is committed and the outcome returned, since a commit that may
    /// be under way cannot be called back.
    package func submit(_ report: TaskReport) async throws(CommitError) -> ReportOutcome {
        let result = await withCheckedContinuation { continuation in
            submit(report) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    /// The same for callers that are no task. What was refused at once is told before this returns; all outcomes of one commit
    /// are told one right after the other.
    package func submit(_ report: TaskReport, completion: @escaping Completion) {
        let now = stopwatch.elapsed()
        switch state.withLock({ $0.submit(report, ticket: completion, at: now) }) {
        case .queued(let waiter):
            waiter?.resume()
        case .refused(let error):
            metrics.countFailures(1, error)
            completion(.failure(error))
        }
    }

    /// Commits what is submitted until graceful shutdown, then commits what is queued and returns. To be called once.
    ///
    /// When its task is cancelled, the commit in flight comes to its end and what is still queued fails with
    /// ``CommitError/draining``.
    package func run() async throws {
        await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                // Tasks of their own: cancelling this one does not interrupt the transactions that are under way.
                let lanes = (0..<store.commitLanes).map { lane in
                    Task(executorPreference: executor ?? store.executor(ofLane: lane)) { await self.drain() }
                }
                for lane in lanes { await lane.value }
            } onGracefulShutdown: {
                for waiter in self.state.withLock({ $0.drain() }) { waiter.resume() }
            }
        } onCancel: {
            self.refuseQueued()
        }
    }

    private func drain() async {
        while true {
            let now = stopwatch.elapsed()
            switch state.withLock({ $0.next(at: now) }) {
            case .commit(let batch):
                await commit(batch)
                for waiter in state.withLock({ $0.finished(batch.count) }) { waiter.resume() }
            case .giveUp(let late): fail(late[...], with: .tooLate)
            case .wait: await waitForReports()
            case .finish: return
            }
        }
    }

    private func waitForReports() async {
        await withCheckedContinuation { continuation in
            state.withLock { $0.wait(continuation) }?.resume()
        }
    }

    private func refuseQueued() {
        let (refused, waiters) = state.withLock { $0.end() }
        metrics.countFailures(refused.count, .draining)
        for entry in refused { entry.ticket(.failure(.draining)) }
        for waiter in waiters { waiter.resume() }
    }
}

// MARK: Committing

extension CommitQueue {
    private func commit(_ batch: [State.Entry]) async {
        switch await apply(batch.map(\.report)) {
        case .success(let outcomes):
            succeed(batch, with: outcomes)
        case .failure(.rejected) where batch.count > 1:
            await commitOneByOne(batch)
        case .failure(.busy(let tasks)):
            await commit(batch, without: tasks)
        case .failure(let error):
            fail(batch[...], with: error)
        }
    }

    /// Tasks whose rows somebody holds must not keep the others waiting.
    private func commit(_ batch: [State.Entry], without tasks: Set<TaskID>) async {
        let rest = batch.filter { !tasks.contains($0.report.task) }
        // Should none of them be in the batch, going on would run in circles.
        let held = rest.count < batch.count ? batch.filter { tasks.contains($0.report.task) } : batch
        fail(held[...], with: .busy(tasks))
        guard held.count < batch.count else { return }
        let inTime = failLate(rest)
        if !inTime.isEmpty { await commit(inTime) }
    }

    /// Another transaction may take as long as the first: who has waited for too long by now is told so. Returns the others.
    private func failLate(_ entries: [State.Entry]) -> [State.Entry] {
        let now = stopwatch.elapsed()
        let inTime = entries.filter { now - $0.since <= patience }
        if inTime.count < entries.count {
            fail(entries.filter { now - $0.since > patience }[...], with: .tooLate)
        }
        return inTime
    }

    /// One report spoils the transaction that it is in, so each gets its own: only the culprits fail. When the database
    /// gives out meanwhile, the rest fails at once, not each after a deadline of its own.
    private func commitOneByOne(_ batch: [State.Entry]) async {
        for (index, entry) in batch.enumerated() where !failLate([entry]).isEmpty {
            switch await apply([entry.report]) {
            case .success(let outcomes):
                succeed([entry], with: outcomes)
            case .failure(let error) where error.concernsReportsAlone:
                fail(batch[index...index], with: error)
            case .failure(let error):
                return fail(batch[index...], with: error)
            }
        }
    }

    /// One transaction: as many outcomes as reports, or an error.
    private func apply(_ reports: [TaskReport]) async -> Result<[ReportOutcome], StoreError> {
        let began = ContinuousClock.now
        defer { metrics.recordCommit(of: reports.count, took: ContinuousClock.now - began) }
        let outcomes: [ReportOutcome]
        do throws(StoreError) {
            outcomes = try await store.apply(reports, at: wallClock.now())
        } catch {
            return .failure(error)
        }
        guard outcomes.count != reports.count else { return .success(outcomes) }
        logger.critical(
            "The store broke its contract: not one outcome for each report",
            metadata: ["reports": "\(reports.count)", "outcomes": "\(outcomes.count)"]
        )
        return .failure(.commitUnknown("\(outcomes.count) outcomes for \(reports.count) reports"))
    }

    /// The outcomes are told in one go, so that whoever is woken by the first finds the others there too.
    private func succeed(_ batch: [State.Entry], with outcomes: [ReportOutcome]) {
        for (entry, outcome) in zip(batch, outcomes) { note(outcome, of: entry.report) }
        for (entry, outcome) in zip(batch, outcomes) { entry.ticket(.success(outcome)) }
    }

    private func note(_ outcome: ReportOutcome, of report: TaskReport) {
        metrics.count(outcome.disposition, from: report.provenance.source)
        if report.meaning == .unknown { unknownWords.note(report.word) }
        if outcome.disposition == .conflict {
            logger.warning(
                "A report contradicts what was committed before; the first one is kept",
                metadata: [
                    "task": "\(report.task)",
                    "delivery": "\(report.provenance.delivery?.id ?? "none")",
                    "source": "\(report.provenance.source.rawValue)",
                    "status": "\(outcome.status?.rawValue ?? "none")",
                ]
            )
        }
    }

    private func fail(_ entries: ArraySlice<State.Entry>, with error: StoreError) {
        metrics.countFailures(entries.count, .store(error))
        logger.error("Reports were not committed", metadata: ["reports": "\(entries.count)", "error": "\(error)"])
        for entry in entries { entry.ticket(.failure(.store(error))) }
    }
}

extension StoreError {
    fileprivate static let tooLate = StoreError.unavailable("the reports before this one took too long")

    /// Whether another report may well be committed.
    fileprivate var concernsReportsAlone: Bool {
        switch self {
        case .rejected, .busy: true
        case .unavailable, .commitUnknown, .incompatibleSchema: false
        }
    }
}
