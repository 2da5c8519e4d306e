import GradingCore
import Synchronization

/// One process's connection to the database: slow, refused, cut in the middle of a commit, as the seed will have it.
struct StoreConnection: Store {
    let model: ModelStore
    let process: ProcessState
    let faults: DatabaseFaults
    let database: DatabaseWeather
    let timeline: Timeline

    var sessionWords: SessionWords { model.sessionWords }
    var commitLanes: Int { model.commitLanes }

    /// The transaction between two waits. The process may die before it, and after it without knowing.
    private func through<Value: Sendable>(
        writes: Bool = true,
        _ body: () async throws(StoreError) -> Value
    ) async throws(StoreError) -> Value {
        try await step()
        if database.refuses(faults.refused) { throw .unavailable("refused") }
        let value = try await body()
        try await step()
        if writes, database.happens(faults.unknown) { throw .commitUnknown("the connection broke") }
        return value
    }

    private func step() async throws(StoreError) {
        process.mayFail()
        await timeline.pass(database.wait(faults.slow))
        if process.isDead { throw .unavailable("the process is gone") }
    }
}

/// How the database does at the moment, for all who use it.
final class DatabaseWeather: Sendable {
    private struct State {
        var isFaulty = true
        var isDown = false
    }

    private let timeline: Timeline
    private let state = Mutex(State())

    init(_ timeline: Timeline) {
        self.timeline = timeline
    }

    func recover() { state.withLock { $0 = State(isFaulty: false) } }

    func goDown(for time: Duration) {
        state.withLock { $0.isDown = true }
        timeline.after(time) { [self] in state.withLock { $0.isDown = false } }
    }

    func happens(_ share: Double) -> Bool {
        state.withLock { $0.isFaulty } && timeline.draw { $0.happens(share) }
    }

    func refuses(_ share: Double) -> Bool { state.withLock { $0.isDown } || happens(share) }

    func wait(_ slow: Double) -> Duration {
        let isSlow = happens(slow)
        return timeline.draw { random in
            isSlow ? random.duration(.zero...(.seconds(6))) : .milliseconds(random.number(0...3))
        }
    }
}

extension StoreConnection {
    func apply(_ batch: [TaskReport], at now: Timestamp) async throws(StoreError) -> [ReportOutcome] {
        if database.happens(faults.busy), let held = timeline.draw({ $0.pick(batch) }) { throw .busy([held.task]) }
        return try await through { () async throws(StoreError) in try await model.apply(batch, at: now) }
    }

    func register(_ tasks: [TaskRegistration], at now: Timestamp) async throws(StoreError) -> RegistrationOutcome {
        try await through { () async throws(StoreError) in try await model.register(tasks, at: now) }
    }

    func parkedReports(limit: Int) async throws(StoreError) -> [TaskReport] {
        try await through(writes: false) { () async throws(StoreError) in try await model.parkedReports(limit: limit) }
    }

    func deliveries(_ page: LedgerPage, outcome: Disposition?) async throws(StoreError) -> [LedgerDelivery] {
        try await through(writes: false) { () async throws(StoreError) in try await model.deliveries(page, outcome: outcome) }
    }

    func delivery(_ id: String) async throws(StoreError) -> KeptDelivery? {
        try await through(writes: false) { () async throws(StoreError) in try await model.delivery(id) }
    }

    func refusals(_ page: LedgerPage) async throws(StoreError) -> [CallbackRefusal] {
        try await through(writes: false) { () async throws(StoreError) in try await model.refusals(page) }
    }

    func recordRefusals(_ refusals: [CallbackRefusal], more: [String: Int]) async throws(StoreError) {
        try await through { () async throws(StoreError) in try await model.recordRefusals(refusals, more: more) }
    }

    func scheduleOpenTasks(at now: Timestamp) async throws(StoreError) -> Int {
        try await through { () async throws(StoreError) in try await model.scheduleOpenTasks(at: now) }
    }

    func claimDueTasks(_ claim: ClaimRequest) async throws(StoreError) -> [ClaimedTask] {
        try await through { () async throws(StoreError) in try await model.claimDueTasks(claim) }
    }

    func claimTask(_ task: TaskID, _ claim: ClaimRequest) async throws(StoreError) -> SingleClaim {
        try await through { () async throws(StoreError) in try await model.claimTask(task, claim) }
    }

    func recordAnsweredChecks(_ answers: [CheckAnswer], at now: Timestamp) async throws(StoreError) {
        try await through { () async throws(StoreError) in try await model.recordAnsweredChecks(answers, at: now) }
    }

    func recordFailedCheck(_ failure: CheckFailure, at now: Timestamp) async throws(StoreError) {
        try await through { () async throws(StoreError) in try await model.recordFailedCheck(failure, at: now) }
    }

    func durations(of sessions: [SessionID]) async throws(StoreError) -> ObservedDurations {
        try await through(writes: false) { () async throws(StoreError) in try await model.durations(of: sessions) }
    }

    func putOff(_ tasks: [TaskPutOff]) async throws(StoreError) {
        try await through { () async throws(StoreError) in try await model.putOff(tasks) }
    }

    func release(_ tasks: [ClaimedTask]) async throws(StoreError) {
        try await through { () async throws(StoreError) in try await model.release(tasks) }
    }

    func setPriority(_ priority: Int, of task: TaskID) async throws(StoreError) -> Bool {
        try await through { () async throws(StoreError) in try await model.setPriority(priority, of: task) }
    }

    func setPriority(_ priority: Int, ofSession session: SessionID) async throws(StoreError) -> Int? {
        try await through { () async throws(StoreError) in try await model.setPriority(priority, ofSession: session) }
    }

    func rollUpSessions(at now: Timestamp) async throws(StoreError) -> Int {
        try await through { () async throws(StoreError) in try await model.rollUpSessions(at: now) }
    }

    func sessionSummary(_ session: SessionID) async throws(StoreError) -> SessionSummary? {
        try await through(writes: false) { () async throws(StoreError) in try await model.sessionSummary(session) }
    }

    func logs(of session: SessionID, limit: Int, before: LogCursor?) async throws(StoreError) -> [SessionLog]? {
        try await through(writes: false) { () async throws(StoreError) in
            try await model.logs(of: session, limit: limit, before: before)
        }
    }

    func logs(
        of session: SessionID,
        student: String,
        limit: Int,
        before: LogCursor?
    ) async throws(StoreError) -> [SessionLog]? {
        try await through(writes: false) { () async throws(StoreError) in
            try await model.logs(of: session, student: student, limit: limit, before: before)
        }
    }

    func addLog(_ entry: NewSessionLog, at now: Timestamp) async throws(StoreError) -> SessionLog? {
        try await through { () async throws(StoreError) in try await model.addLog(entry, at: now) }
    }

    func openWork() async throws(StoreError) -> OpenWork {
        try await through(writes: false) { () async throws(StoreError) in try await model.openWork() }
    }

    func statistics() async throws(StoreError) -> MonitorStatistics {
        try await through(writes: false) { () async throws(StoreError) in try await model.statistics() }
    }

    func endings(since start: Timestamp) async throws(StoreError) -> [EndingGroup] {
        try await through(writes: false) { () async throws(StoreError) in try await model.endings(since: start) }
    }

    func task(_ task: TaskID) async throws(StoreError) -> TaskSnapshot? {
        try await through(writes: false) { () async throws(StoreError) in try await model.task(task) }
    }

    func student(of task: TaskID) async throws(StoreError) -> StudentRecord? {
        try await through(writes: false) { () async throws(StoreError) in try await model.student(of: task) }
    }

    func failedTasks(of session: SessionID) async throws(StoreError) -> [TaskSnapshot]? {
        try await through(writes: false) { () async throws(StoreError) in try await model.failedTasks(of: session) }
    }

    func retry(
        _ tasks: [TaskID],
        maximumAttempts: Int,
        source: ReportSource,
        at now: Timestamp
    ) async throws(StoreError) -> [TaskID: Int] {
        try await through { () async throws(StoreError) in
            try await model.retry(tasks, maximumAttempts: maximumAttempts, source: source, at: now)
        }
    }

    func replaceTask(
        _ task: TaskID,
        by new: TaskID,
        attempt: Int,
        source: ReportSource,
        at now: Timestamp
    ) async throws(StoreError) -> TaskReplacement {
        try await through { () async throws(StoreError) in
            try await model.replaceTask(task, by: new, attempt: attempt, source: source, at: now)
        }
    }

    func failedTasks(since start: Timestamp, belowAttempt: Int, limit: Int) async throws(StoreError) -> [FailedTask] {
        try await through(writes: false) { () async throws(StoreError) in
            try await model.failedTasks(since: start, belowAttempt: belowAttempt, limit: limit)
        }
    }

    func verifyWritable() async throws(StoreError) {
        try await through { () async throws(StoreError) in try await model.verifyWritable() }
    }

    func prune(_ limits: PruneLimits) async throws(StoreError) -> Int {
        try await through { () async throws(StoreError) in try await model.prune(limits) }
    }

    func acquire(_ lease: InstanceLease) async throws(StoreError) -> Bool {
        try await through { () async throws(StoreError) in try await model.acquire(lease) }
    }

    func releaseLease(named name: String, owner: String) async throws(StoreError) {
        try await through { () async throws(StoreError) in try await model.releaseLease(named: name, owner: owner) }
    }

    func take(_ limit: RateLimit, client: String, at now: Timestamp) async throws(StoreError) -> RateLimitDecision? {
        try await model.take(limit, client: client, at: now)
    }

    func changes(after sequence: Int64, limit: Int) async throws(StoreError) -> ChangePage {
        try await through(writes: false) { () async throws(StoreError) in
            try await model.changes(after: sequence, limit: limit)
        }
    }

    func latestChange() async throws(StoreError) -> Int64 {
        try await through(writes: false) { () async throws(StoreError) in try await model.latestChange() }
    }

    func changeSignals() -> AsyncStream<Void> { model.changeSignals() }
}
