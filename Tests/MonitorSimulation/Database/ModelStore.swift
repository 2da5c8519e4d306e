package import GradingCore
import Logging
import Synchronization

/// What a transaction did, for whoever looks on.
package enum StoreOperation: Sendable {
    case apply([TaskReport], [ReportOutcome])
    case register(RegistrationOutcome)
    case claim(ClaimRequest, [ClaimedTask])
    /// The ends of checks: an owner ends its leases.
    case endChecks([ClaimedTask])
    case retry([TaskID: Int])
    case rollUpSessions
    case webApp
    case other(String)
}

/// A transaction that was committed.
package struct Transaction: Sendable {
    package let operation: StoreOperation
    package let before: ModelDatabase
    package let after: ModelDatabase
}

/// The store port on a ``ModelDatabase``. Transactions run one at a time, each as one step.
package final class ModelStore: Store {
    package let sessionWords = SessionWords.firstGeneration
    package let commitLanes: Int

    private let database: Mutex<ModelDatabase>
    private let observer: @Sendable (Transaction) -> Void
    private let signals = Broadcast<Void>(.latestOnly)

    /// - Parameters:
    ///   - seed: of the ids of rows.
    ///   - observer: is told of each transaction, when it is committed.
    package init(
        schedule: CheckSchedule = SweepPolicy().schedule,
        commitLanes: Int = 1,
        seed: UInt64 = 0,
        sabotage: Sabotage? = nil,
        observer: @escaping @Sendable (Transaction) -> Void = { _ in }
    ) {
        self.commitLanes = commitLanes
        self.observer = observer
        database = Mutex(ModelDatabase(schedule: schedule, seed: seed, sabotage: sabotage))
    }

    /// What is committed.
    package var committed: ModelDatabase { database.withLock { $0 } }

    /// A transaction. What it did is `operation` of what it returns.
    package func transact<Value: Sendable>(
        _ operation: (Value) -> StoreOperation,
        _ body: (inout ModelDatabase) -> Value
    ) -> Value {
        let (value, before, after) = database.withLock { database in
            let before = database
            return (body(&database), before, database)
        }
        observer(Transaction(operation: operation(value), before: before, after: after))
        if before.changes.count != after.changes.count { signals.send(()) }
        return value
    }

    private func transact<Value: Sendable>(_ name: String, _ body: (inout ModelDatabase) -> Value) -> Value {
        transact({ _ in .other(name) }, body)
    }

    // MARK: The one way in, registration, parked callbacks

    package func apply(_ batch: [TaskReport], at now: Timestamp) async throws(StoreError) -> [ReportOutcome] {
        transact({ .apply(batch, $0) }) { $0.apply(batch, at: now) }
    }

    package func register(_ tasks: [TaskRegistration], at now: Timestamp) async throws(StoreError) -> RegistrationOutcome {
        transact({ .register($0) }) { $0.register(tasks, at: now) }
    }

    package func parkedReports(limit: Int) async throws(StoreError) -> [TaskReport] {
        let database = committed
        let parked = database.deliveries.filter { $0.disposition == .parked && !database.bearers(of: $0.task.rawValue).isEmpty }
        return parked.sorted { $0.receivedAt < $1.receivedAt }.compactMap(\.report).prefix(limit).map(\.self)
    }

    // MARK: The delivery ledger

    package func deliveries(_ page: LedgerPage, outcome: Disposition?) async throws(StoreError) -> [LedgerDelivery] {
        committed.deliveries(page, outcome: outcome)
    }

    package func delivery(_ id: String) async throws(StoreError) -> KeptDelivery? {
        committed.delivery(id).map { row in
            let logger = Logger(label: "model") { _ in SwiftLogNoOpLogHandler() }
            return KeptDelivery(row.ledger, encoded: row.report?.encoded(), decoder: ReportDecoder(), logger: logger)
        }
    }

    package func refusals(_ page: LedgerPage) async throws(StoreError) -> [CallbackRefusal] { committed.refusals(page) }

    package func recordRefusals(_ refusals: [CallbackRefusal], more: [String: Int]) async throws(StoreError) {
        transact("refusals") { $0.recordRefusals(refusals, more: more) }
    }

    // MARK: Checks

    package func scheduleOpenTasks(at now: Timestamp) async throws(StoreError) -> Int {
        transact("schedule") { $0.scheduleOpenTasks(at: now) }
    }

    package func claimDueTasks(_ claim: ClaimRequest) async throws(StoreError) -> [ClaimedTask] {
        transact({ .claim(claim, $0) }) { $0.claimDueTasks(claim) }
    }

    package func claimTask(_ task: TaskID, _ claim: ClaimRequest) async throws(StoreError) -> SingleClaim {
        transact({ if case .claimed(let task) = $0 { .claim(claim, [task]) } else { .claim(claim, []) } }) { database in
            database.claimTask(task, claim)
        }
    }

    package func recordAnsweredChecks(_ answers: [CheckAnswer], at now: Timestamp) async throws(StoreError) {
        transact({ .endChecks(answers.map(\.claim)) }) { database in
            for answer in answers { database.recordAnswered(answer, at: now) }
        }
    }

    package func recordFailedCheck(_ failure: CheckFailure, at now: Timestamp) async throws(StoreError) {
        transact({ .endChecks([failure.claim]) }) { $0.recordFailed(failure, at: now) }
    }

    package func durations(of sessions: [SessionID]) async throws(StoreError) -> ObservedDurations {
        committed.durations(of: sessions)
    }

    package func putOff(_ tasks: [TaskPutOff]) async throws(StoreError) {
        transact("put off") { $0.putOff(tasks) }
    }

    package func release(_ tasks: [ClaimedTask]) async throws(StoreError) {
        transact("release") { $0.release(tasks) }
    }

    package func setPriority(_ priority: Int, of task: TaskID) async throws(StoreError) -> Bool {
        transact("priority") { $0.setPriority(priority, of: task) }
    }

    package func setPriority(_ priority: Int, ofSession session: SessionID) async throws(StoreError) -> Int? {
        transact("priority") { $0.setPriority(priority, ofSession: session) }
    }

    // MARK: Sessions

    package func rollUpSessions(at now: Timestamp) async throws(StoreError) -> Int {
        transact({ _ in .rollUpSessions }) { $0.rollUpSessions(at: now) }
    }

    package func sessionSummary(_ session: SessionID) async throws(StoreError) -> SessionSummary? {
        committed.summary(of: session)
    }

    package func logs(of session: SessionID, limit: Int, before: LogCursor?) async throws(StoreError) -> [SessionLog]? {
        committed.logs(of: session, limit: limit, before: before) { _ in true }
    }

    package func logs(
        of session: SessionID,
        student: String,
        limit: Int,
        before: LogCursor?
    ) async throws(StoreError) -> [SessionLog]? {
        let database = committed
        let names = database.names(of: student, in: session)
        return database.logs(of: session, limit: limit, before: before) { $0.studentID.map(names.contains) ?? false }
    }

    package func addLog(_ entry: NewSessionLog, at now: Timestamp) async throws(StoreError) -> SessionLog? {
        transact("log") { $0.addLog(entry, at: now) }
    }

    // MARK: Statistics and retries

    package func openWork() async throws(StoreError) -> OpenWork { committed.openWork }

    package func statistics() async throws(StoreError) -> MonitorStatistics { committed.statistics }

    package func endings(since start: Timestamp) async throws(StoreError) -> [EndingGroup] {
        committed.endings(since: start)
    }

    package func task(_ task: TaskID) async throws(StoreError) -> TaskSnapshot? { committed.snapshot(of: task) }

    package func student(of task: TaskID) async throws(StoreError) -> StudentRecord? { committed.record(of: task) }

    package func failedTasks(of session: SessionID) async throws(StoreError) -> [TaskSnapshot]? {
        committed.failedTasks(of: session)
    }

    package func retry(
        _ tasks: [TaskID],
        maximumAttempts: Int,
        source: ReportSource,
        at now: Timestamp
    ) async throws(StoreError) -> [TaskID: Int] {
        transact({ .retry($0) }) { $0.retry(tasks, maximumAttempts: maximumAttempts, source: source, at: now) }
    }

    package func replaceTask(
        _ task: TaskID,
        by new: TaskID,
        attempt: Int,
        source: ReportSource,
        at now: Timestamp
    ) async throws(StoreError) -> TaskReplacement {
        transact("replace \(task) by \(new)") { database in
            database.replaceTask(task, by: new, attempt: attempt, source: source, at: now)
        }
    }

    package func failedTasks(
        since start: Timestamp,
        belowAttempt: Int,
        limit: Int
    ) async throws(StoreError) -> [FailedTask] {
        committed.failedTasks(since: start, belowAttempt: belowAttempt, limit: limit)
    }

    // MARK: Health, instances, changes

    package func verifyWritable() async throws(StoreError) {}

    package func prune(_ limits: PruneLimits) async throws(StoreError) -> Int {
        transact("prune") { $0.prune(limits) }
    }

    package func acquire(_ lease: InstanceLease) async throws(StoreError) -> Bool {
        transact("acquire") { $0.acquire(lease) }
    }

    package func releaseLease(named name: String, owner: String) async throws(StoreError) {
        transact("release lease") { $0.releaseLease(named: name, owner: owner) }
    }

    package func take(
        _ limit: RateLimit,
        client: String,
        at now: Timestamp
    ) async throws(StoreError) -> RateLimitDecision? { nil }

    package func changes(after sequence: Int64, limit: Int) async throws(StoreError) -> ChangePage {
        ChangePage(changes: committed.changes.filter { $0.sequence > sequence }.prefix(limit).map(\.self))
    }

    package func latestChange() async throws(StoreError) -> Int64 { committed.changes.last?.sequence ?? 0 }

    package func changeSignals() -> AsyncStream<Void> { signals.listen() }
}
