import Synchronization

@testable import GradingCore

/// A store in memory that fails, waits and remembers as the test wants. Its transitions are the simplest that will do: the
/// real ones are tested elsewhere.
final class FakeStore: Store {
    struct Row {
        var status = TaskStatus.processing
        var nextCheckAt = Timestamp(milliseconds: 0)
        var leasedUntil = Timestamp(milliseconds: 0)
        var consecutiveErrors = 0
        var quietChecks = 0
        var heardAt: Timestamp?
        var session: SessionID?
        var startedAt: Timestamp?
        var trace = TaskTrace()
    }

    struct State {
        var tasks: [TaskID: Row] = [:]
        /// Every batch that was tried, in order, and the executors that their tasks preferred.
        var batches: [[TaskReport]] = []
        var executors: [UnownedTaskExecutor?] = []
        var parked: [TaskReport] = []
        var claims: [ClaimRequest] = []
        /// How often the open tasks were scheduled.
        var schedulings = 0
        var answered: [CheckAnswer] = []
        /// How many answers each transaction recorded.
        var answeredBatches: [Int] = []
        var failed: [CheckFailure] = []
        var failedTasks: [FailedTask] = []
        var retried: [TaskID] = []
        var sessionsBehind = 0
        var pruned: [Timestamp] = []
        var leases: [String: InstanceLease] = [:]
        /// Every lease that was asked for, in order.
        var leasesAsked: [InstanceLease] = []
        var statistics = MonitorStatistics()
        var endings: [EndingGroup] = []
        var durations = ObservedDurations()
        /// What a batch fails with, if anything.
        var refusal: @Sendable ([TaskReport]) -> StoreError? = { _ in nil }
        /// What everything but `apply` fails with, if anything.
        var outage: StoreError?
        /// What a sweep fails with at its start, if anything.
        var parkedOutage: StoreError?
        /// The change feed, and what its pages say of the transactions in flight.
        var changes: [CommittedChange] = []
        var oldestOpenTransaction: UInt64 = 0
        var nextTransaction: UInt64 = 0
        /// What the end of a check fails with, if anything.
        var recordOutage: StoreError?
        var outcomesMissing = 0
        /// Whether a commit ran in a task that was cancelled: a real engine would have interrupted it.
        var sawCancellation = false
        var deliveries: [LedgerDelivery] = []
        /// The ledger of what was refused, by id.
        var refusals: [String: CallbackRefusal] = [:]
        /// How many more came like one that was recorded, by its id.
        var moreRefusals: [String: Int] = [:]
    }

    let state: Mutex<State>
    /// Holds each commit, when there is one.
    let commitGate: Gate?
    /// Holds the end of each check, when there is one.
    let recordGate: Gate?
    /// Holds each claim of a sweep, when there is one.
    let claimGate: Gate?
    let signals = Broadcast<Void>(.latestOnly)
    let sessionWords = SessionWords.firstGeneration
    let commitLanes: Int
    let laneExecutors: [any TaskExecutor]

    init(
        tasks: [TaskID] = [],
        commitGate: Gate? = nil,
        recordGate: Gate? = nil,
        claimGate: Gate? = nil,
        commitLanes: Int = 1,
        laneExecutors: [any TaskExecutor] = []
    ) {
        state = Mutex(State(tasks: Dictionary(uniqueKeysWithValues: tasks.map { ($0, Row()) })))
        self.commitGate = commitGate
        self.recordGate = recordGate
        self.claimGate = claimGate
        self.commitLanes = commitLanes
        self.laneExecutors = laneExecutors
    }

    func executor(ofLane lane: Int) -> (any TaskExecutor)? { laneExecutors.isEmpty ? nil : laneExecutors[lane] }

    var batchSizes: [Int] { state.withLock { $0.batches.map(\.count) } }

    func set(_ change: (inout State) -> Void) { state.withLock { change(&$0) } }

    func row(_ task: TaskID) -> Row? { state.withLock { $0.tasks[task] } }

    private func recording(_ body: (inout State) -> Void) throws(StoreError) {
        if let outage = state.withLock({ $0.recordOutage }) { throw outage }
        try serving(body)
    }

    private func serving<T: Sendable>(_ body: (inout State) -> T) throws(StoreError) -> T {
        let result: Result<T, StoreError> = state.withLock { state in
            if let outage = state.outage { return .failure(outage) }
            return .success(body(&state))
        }
        return try result.get()
    }

    // MARK: The one way in

    func apply(_ batch: [TaskReport], at now: Timestamp) async throws(StoreError) -> [ReportOutcome] {
        let executor = withUnsafeCurrentTask { $0?.unownedTaskExecutor }
        state.withLock { ($0.batches, $0.executors) = ($0.batches + [batch], $0.executors + [executor]) }
        await commitGate?.pass()
        let result: Result<[ReportOutcome], StoreError> = state.withLock { state in
            if Task.isCancelled { state.sawCancellation = true }
            if let error = state.refusal(batch) { return .failure(error) }
            return .success(batch.dropLast(state.outcomesMissing).map { Self.apply($0, to: &state) })
        }
        return try result.get()
    }

    private static func apply(_ report: TaskReport, to state: inout State) -> ReportOutcome {
        guard let row = state.tasks[report.task] else { return ReportOutcome(.parked, status: nil) }
        state.parked.removeAll { $0 == report }
        guard case .known(let status) = report.meaning, status != row.status else {
            return ReportOutcome(row.status.isOpen ? .applied : .duplicate, status: row.status)
        }
        guard row.status.isOpen else { return ReportOutcome(.conflict, status: row.status) }
        state.tasks[report.task]?.status = status
        return ReportOutcome(.applied, status: status, changedStatus: true)
    }

    func parkedReports(limit: Int) async throws(StoreError) -> [TaskReport] {
        if let outage = state.withLock({ $0.parkedOutage }) { throw outage }
        return try serving { state in
            Array(state.parked.filter { state.tasks[$0.task] != nil }.prefix(limit))
        }
    }

    // MARK: The delivery ledger

    func recordRefusals(_ refusals: [CallbackRefusal], more: [String: Int]) async throws(StoreError) {
        try serving { state in
            for refusal in refusals { state.refusals[refusal.id] = refusal }
            state.moreRefusals.merge(more, uniquingKeysWith: +)
        }
    }

    func deliveries(_ page: LedgerPage, outcome: Disposition?) async throws(StoreError) -> [LedgerDelivery] {
        try serving { $0.deliveries }
    }

    func refusals(_ page: LedgerPage) async throws(StoreError) -> [CallbackRefusal] {
        try serving { Array($0.refusals.values) }
    }

    func delivery(_ id: String) async throws(StoreError) -> KeptDelivery? { nil }

    // MARK: Checks

    func scheduleOpenTasks(at now: Timestamp) async throws(StoreError) -> Int {
        try serving { state in
            state.schedulings += 1
            return 0
        }
    }

    func claimDueTasks(_ claim: ClaimRequest) async throws(StoreError) -> [ClaimedTask] {
        await claimGate?.pass()
        return try serving { state in
            state.claims.append(claim)
            let due = state.tasks.filter {
                $0.value.status.isOpen && $0.value.nextCheckAt <= claim.now && $0.value.leasedUntil <= claim.now
            }
            return due.keys.sorted().prefix(claim.limit).map { Self.lease($0, claim, &state) }
        }
    }

    func claimTask(_ task: TaskID, _ claim: ClaimRequest) async throws(StoreError) -> SingleClaim {
        try serving { state in
            state.claims.append(claim)
            guard let row = state.tasks[task] else { return .noSuchTask }
            guard !row.status.hasResult else { return .settled(row.status) }
            guard row.leasedUntil <= claim.now else { return .leasedElsewhere(row.status) }
            return .claimed(Self.lease(task, claim, &state))
        }
    }

    private static func lease(_ task: TaskID, _ claim: ClaimRequest, _ state: inout State) -> ClaimedTask {
        let row = state.tasks[task] ?? Row()
        state.tasks[task]?.leasedUntil = claim.leaseExpiresAt
        return ClaimedTask(
            task: task,
            owner: claim.owner,
            consecutiveErrors: row.consecutiveErrors,
            quietChecks: row.quietChecks,
            status: row.status,
            heardAt: row.heardAt,
            session: row.session,
            startedAt: row.startedAt,
            trace: row.trace
        )
    }

    func recordAnsweredChecks(_ answers: [CheckAnswer], at now: Timestamp) async throws(StoreError) {
        await recordGate?.pass()
        try recording { state in
            state.answered += answers
            state.answeredBatches.append(answers.count)
            for answer in answers {
                let task = answer.claim.task
                state.tasks[task]?.nextCheckAt = answer.nextCheckAt
                state.tasks[task]?.quietChecks = answer.quietChecks
                state.tasks[task]?.leasedUntil = Timestamp(milliseconds: 0)
                state.tasks[task]?.consecutiveErrors = 0
                state.tasks[task]?.trace.loss = answer.loss
            }
        }
    }

    func recordFailedCheck(_ failure: CheckFailure, at now: Timestamp) async throws(StoreError) {
        try recording { state in
            state.failed.append(failure)
            state.tasks[failure.claim.task]?.nextCheckAt = failure.nextCheckAt
            state.tasks[failure.claim.task]?.leasedUntil = Timestamp(milliseconds: 0)
            state.tasks[failure.claim.task]?.consecutiveErrors += 1
            if let loss = failure.loss { state.tasks[failure.claim.task]?.trace.loss = loss }
        }
    }

    // MARK: The rest

    func rollUpSessions(at now: Timestamp) async throws(StoreError) -> Int {
        try serving { state in
            defer { state.sessionsBehind = 0 }
            return state.sessionsBehind
        }
    }

    func statistics() async throws(StoreError) -> MonitorStatistics {
        try serving { $0.statistics }
    }

    func endings(since start: Timestamp) async throws(StoreError) -> [EndingGroup] {
        try serving { $0.endings }
    }

    func openWork() async throws(StoreError) -> OpenWork {
        try serving { $0.statistics.open }
    }

    func release(_ tasks: [ClaimedTask]) async throws(StoreError) {
        try recording { state in
            for task in tasks { state.tasks[task.task]?.leasedUntil = Timestamp(milliseconds: 0) }
        }
    }

    func durations(of sessions: [SessionID]) async throws(StoreError) -> ObservedDurations {
        try serving { $0.durations }
    }

    func putOff(_ tasks: [TaskPutOff]) async throws(StoreError) {
        try recording { state in
            for task in tasks {
                state.tasks[task.claim.task]?.leasedUntil = Timestamp(milliseconds: 0)
                state.tasks[task.claim.task]?.nextCheckAt = task.until
            }
        }
    }

    func prune(_ limits: PruneLimits) async throws(StoreError) -> Int {
        try serving { state in
            state.pruned.append(limits.deliveriesBefore)
            return 0
        }
    }

    // MARK: Several instances

    func acquire(_ lease: InstanceLease) async throws(StoreError) -> Bool {
        try serving { state in
            state.leasesAsked.append(lease)
            if let held = state.leases[lease.name], held.owner != lease.owner, held.expiresAt > lease.now { return false }
            state.leases[lease.name] = lease
            return true
        }
    }

    func releaseLease(named name: String, owner: String) async throws(StoreError) {
        try serving { state in
            if state.leases[name]?.owner == owner { state.leases[name] = nil }
        }
    }

    func changes(after sequence: Int64, limit: Int) async throws(StoreError) -> ChangePage {
        try serving { state in
            ChangePage(
                changes: Array(state.changes.filter { $0.sequence > sequence }.prefix(limit)),
                oldestOpenTransaction: state.oldestOpenTransaction,
                nextTransaction: state.nextTransaction
            )
        }
    }

    func latestChange() async throws(StoreError) -> Int64 {
        try serving { $0.changes.last?.sequence ?? 0 }
    }

    func changeSignals() -> AsyncStream<Void> { signals.listen() }

    /// As if every status had come by callback.
    func task(_ task: TaskID) async throws(StoreError) -> TaskSnapshot? {
        try serving { state in
            state.tasks[task].map { row in
                TaskSnapshot(
                    task: task,
                    student: StudentRowID("row"),
                    studentName: "Ada Obi",
                    session: SessionID(stored: "session"),
                    status: row.status,
                    attempt: 1,
                    learned: Learned(via: .callback)
                )
            }
        }
    }

    // MARK: Retries

    func failedTasks(of session: SessionID) async throws(StoreError) -> [TaskSnapshot]? {
        try serving { $0.failedTasks.map(\.snapshot) }
    }

    func retry(
        _ tasks: [TaskID],
        maximumAttempts: Int,
        source: ReportSource,
        at now: Timestamp
    ) async throws(StoreError) -> [TaskID: Int] {
        try recording { $0.retried += tasks }
        return Dictionary(uniqueKeysWithValues: tasks.map { ($0, 2) })
    }

    func replaceTask(
        _ task: TaskID,
        by new: TaskID,
        attempt: Int,
        source: ReportSource,
        at now: Timestamp
    ) async throws(StoreError) -> TaskReplacement { .replaced }

    func failedTasks(since start: Timestamp, belowAttempt: Int, limit: Int) async throws(StoreError) -> [FailedTask] {
        try serving { $0.failedTasks }
    }

    // Nothing in this suite asks for these.
    func take(_ limit: RateLimit, client: String, at now: Timestamp) async throws(StoreError) -> RateLimitDecision? { nil }
    func register(_ tasks: [TaskRegistration], at now: Timestamp) async throws(StoreError) -> RegistrationOutcome {
        throw .unavailable("not part of the fake")
    }
    func setPriority(_ priority: Int, of task: TaskID) async throws(StoreError) -> Bool { false }
    func setPriority(_ priority: Int, ofSession session: SessionID) async throws(StoreError) -> Int? { nil }
    func sessionSummary(_ session: SessionID) async throws(StoreError) -> SessionSummary? { nil }
    func logs(of session: SessionID, limit: Int, before: LogCursor?) async throws(StoreError) -> [SessionLog]? { nil }
    func logs(
        of session: SessionID,
        student: String,
        limit: Int,
        before: LogCursor?
    ) async throws(StoreError) -> [SessionLog]? { nil }
    func student(of task: TaskID) async throws(StoreError) -> StudentRecord? { nil }
    func addLog(_ entry: NewSessionLog, at now: Timestamp) async throws(StoreError) -> SessionLog? { nil }
    func verifyWritable() async throws(StoreError) {}
}

extension TaskReport {
    static func fake(_ task: String, _ status: TaskStatus = .completed, delivery: String? = nil, bytes: Int = 0) -> TaskReport {
        TaskReport(
            task: TaskID(task)!,
            word: status.rawValue,
            meaning: .known(status),
            error: bytes > 0 ? String(repeating: "x", count: bytes) : nil,
            provenance: Provenance(
                source: .callback,
                observedAt: Timestamp(milliseconds: 1_000),
                delivery: delivery.map { Delivery(id: $0, bodyHash: [], keyID: "key") }
            )
        )
    }
}
