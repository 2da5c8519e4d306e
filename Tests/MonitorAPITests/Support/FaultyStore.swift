import GradingCore
import Synchronization

/// A real store that can be made to fail or to hang.
final class FaultyStore: Store {
    private let inner: any Store
    private let fault = Mutex<StoreError?>(nil)
    private let hanging = Mutex(false)
    private let sharedLimits = Mutex<RateLimiter?>(nil)
    private let limitsAsked = Mutex<[String]>([])
    private let commits = HeldCommits()

    init(_ inner: any Store) {
        self.inner = inner
    }

    var sessionWords: SessionWords { inner.sessionWords }
    var commitLanes: Int { inner.commitLanes }
    func executor(ofLane lane: Int) -> (any TaskExecutor)? { inner.executor(ofLane: lane) }

    func fail(with error: StoreError?) { fault.withLock { $0 = error } }
    /// From now on this limiter stands for what all instances on one database count together.
    func shareLimits(_ limiter: RateLimiter) { sharedLimits.withLock { $0 = limiter } }
    /// The names of the limits that the database was asked about.
    var namesOfLimitsAsked: [String] { limitsAsked.withLock { $0 } }
    /// From now on reports wait to be applied until ``letCommitsGo()``.
    func holdCommits() { commits.hold() }
    func letCommitsGo() { commits.letGo() }
    /// Returns when one waits.
    func commitIsHeld() async { await commits.oneIsHeld() }
    func hangReadinessChecks() { hanging.withLock { $0 = true } }

    private func check() throws(StoreError) {
        if let error = fault.withLock({ $0 }) { throw error }
    }

    func apply(_ batch: [TaskReport], at now: Timestamp) async throws(StoreError) -> [ReportOutcome] {
        try check()
        await commits.pass()
        return try await inner.apply(batch, at: now)
    }
    func register(_ tasks: [TaskRegistration], at now: Timestamp) async throws(StoreError) -> RegistrationOutcome {
        try check()
        return try await inner.register(tasks, at: now)
    }
    func parkedReports(limit: Int) async throws(StoreError) -> [TaskReport] {
        try check()
        return try await inner.parkedReports(limit: limit)
    }
    func deliveries(_ page: LedgerPage, outcome: Disposition?) async throws(StoreError) -> [LedgerDelivery] {
        try check()
        return try await inner.deliveries(page, outcome: outcome)
    }
    func delivery(_ id: String) async throws(StoreError) -> KeptDelivery? {
        try check()
        return try await inner.delivery(id)
    }
    func refusals(_ page: LedgerPage) async throws(StoreError) -> [CallbackRefusal] {
        try check()
        return try await inner.refusals(page)
    }
    func recordRefusals(_ refusals: [CallbackRefusal], more: [String: Int]) async throws(StoreError) {
        try check()
        try await inner.recordRefusals(refusals, more: more)
    }
    func scheduleOpenTasks(at now: Timestamp) async throws(StoreError) -> Int {
        try check()
        return try await inner.scheduleOpenTasks(at: now)
    }
    func claimDueTasks(_ claim: ClaimRequest) async throws(StoreError) -> [ClaimedTask] {
        try check()
        return try await inner.claimDueTasks(claim)
    }
    func claimTask(_ task: TaskID, _ claim: ClaimRequest) async throws(StoreError) -> SingleClaim {
        try check()
        return try await inner.claimTask(task, claim)
    }
    func recordAnsweredChecks(_ answers: [CheckAnswer], at now: Timestamp) async throws(StoreError) {
        try check()
        try await inner.recordAnsweredChecks(answers, at: now)
    }
    func recordFailedCheck(_ failure: CheckFailure, at now: Timestamp) async throws(StoreError) {
        try check()
        try await inner.recordFailedCheck(failure, at: now)
    }
    func setPriority(_ priority: Int, of task: TaskID) async throws(StoreError) -> Bool {
        try check()
        return try await inner.setPriority(priority, of: task)
    }
    func setPriority(_ priority: Int, ofSession session: SessionID) async throws(StoreError) -> Int? {
        try check()
        return try await inner.setPriority(priority, ofSession: session)
    }
    func rollUpSessions(at now: Timestamp) async throws(StoreError) -> Int {
        try check()
        return try await inner.rollUpSessions(at: now)
    }
    func sessionSummary(_ session: SessionID) async throws(StoreError) -> SessionSummary? {
        try check()
        return try await inner.sessionSummary(session)
    }
    func logs(of session: SessionID, limit: Int, before: LogCursor?) async throws(StoreError) -> [SessionLog]? {
        try check()
        return try await inner.logs(of: session, limit: limit, before: before)
    }
    func logs(
        of session: SessionID,
        student: String,
        limit: Int,
        before: LogCursor?
    ) async throws(StoreError) -> [SessionLog]? {
        try check()
        return try await inner.logs(of: session, student: student, limit: limit, before: before)
    }
    func student(of task: TaskID) async throws(StoreError) -> StudentRecord? {
        try check()
        return try await inner.student(of: task)
    }
    func failedTasks(of session: SessionID) async throws(StoreError) -> [TaskSnapshot]? {
        try check()
        return try await inner.failedTasks(of: session)
    }
    func failedTasks(since start: Timestamp, belowAttempt: Int, limit: Int) async throws(StoreError) -> [FailedTask] {
        try check()
        return try await inner.failedTasks(since: start, belowAttempt: belowAttempt, limit: limit)
    }
    func replaceTask(
        _ task: TaskID,
        by new: TaskID,
        attempt: Int,
        source: ReportSource,
        at now: Timestamp
    ) async throws(StoreError) -> TaskReplacement {
        try check()
        return try await inner.replaceTask(task, by: new, attempt: attempt, source: source, at: now)
    }
    func retry(
        _ tasks: [TaskID],
        maximumAttempts: Int,
        source: ReportSource,
        at now: Timestamp
    ) async throws(StoreError) -> [TaskID: Int] {
        try check()
        return try await inner.retry(tasks, maximumAttempts: maximumAttempts, source: source, at: now)
    }
    func addLog(_ entry: NewSessionLog, at now: Timestamp) async throws(StoreError) -> SessionLog? {
        try check()
        return try await inner.addLog(entry, at: now)
    }
    func statistics() async throws(StoreError) -> MonitorStatistics {
        try check()
        return try await inner.statistics()
    }
    func endings(since start: Timestamp) async throws(StoreError) -> [EndingGroup] {
        try check()
        return try await inner.endings(since: start)
    }
    func task(_ task: TaskID) async throws(StoreError) -> TaskSnapshot? {
        try check()
        return try await inner.task(task)
    }
    func verifyWritable() async throws(StoreError) {
        try check()
        if hanging.withLock({ $0 }) { try? await Task.sleep(for: .seconds(3_600)) }
        try await inner.verifyWritable()
    }
    func openWork() async throws(StoreError) -> OpenWork {
        try check()
        return try await inner.openWork()
    }
    func release(_ tasks: [ClaimedTask]) async throws(StoreError) {
        try check()
        try await inner.release(tasks)
    }
    func durations(of sessions: [SessionID]) async throws(StoreError) -> ObservedDurations {
        try check()
        return try await inner.durations(of: sessions)
    }
    func putOff(_ tasks: [TaskPutOff]) async throws(StoreError) {
        try check()
        try await inner.putOff(tasks)
    }
    func prune(_ limits: PruneLimits) async throws(StoreError) -> Int {
        try check()
        return try await inner.prune(limits)
    }
    func acquire(_ lease: InstanceLease) async throws(StoreError) -> Bool {
        try check()
        return try await inner.acquire(lease)
    }
    func releaseLease(named name: String, owner: String) async throws(StoreError) {
        try check()
        try await inner.releaseLease(named: name, owner: owner)
    }
    func take(_ limit: RateLimit, client: String, at now: Timestamp) async throws(StoreError) -> RateLimitDecision? {
        limitsAsked.withLock { $0.append(limit.name) }
        try check()
        return sharedLimits.withLock { $0 }?.take(limit, client: client, now: now)
    }
    func changes(after sequence: Int64, limit: Int) async throws(StoreError) -> ChangePage {
        try check()
        return try await inner.changes(after: sequence, limit: limit)
    }
    func latestChange() async throws(StoreError) -> Int64 {
        try check()
        return try await inner.latestChange()
    }
    func changeSignals() -> AsyncStream<Void> { inner.changeSignals() }
}
