/// The database, as the domain needs it. Every method is one transaction, and every store passes the conformance suite.
package protocol Store: Sendable {
    /// How this database spells session statuses.
    var sessionWords: SessionWords { get }

    // MARK: The one way in

    /// How many batches it commits side by side, 1 or more: those of one writer would only wait for each other.
    var commitLanes: Int { get }

    /// Where the work around a lane's commits runs best; `nil` for the global pool.
    /// - Parameter lane: from 0.
    func executor(ofLane lane: Int) -> (any TaskExecutor)?

    /// Commits a batch of reports in one transaction and returns one outcome for each, in order.
    ///
    /// Remembers deliveries, moves statuses by ``CommitPlan``, writes session logs, rolls up each touched session once and
    /// appends to the change feed. When it returns, everything is flushed to disk.
    /// - Parameter batch: 1 to 256 reports; the same task or delivery may stand in it more than once.
    func apply(_ batch: [TaskReport], at now: Timestamp) async throws(StoreError) -> [ReportOutcome]

    // MARK: Registration and parked callbacks

    /// Makes students (and sessions) that are not there yet, all or nothing; the same call again changes nothing.
    func register(_ tasks: [TaskRegistration], at now: Timestamp) async throws(StoreError) -> RegistrationOutcome

    /// Callbacks that were parked and whose task exists now, oldest first, at most `limit`.
    func parkedReports(limit: Int) async throws(StoreError) -> [TaskReport]

    // MARK: The delivery ledger

    /// Remembered deliveries, newest first. Its cost does not grow with the ledger, but for those of one task: they are looked for from
    /// the newest on.
    /// - Parameter outcome: only these; `conflict` are also those under whose id another body came.
    func deliveries(_ page: LedgerPage, outcome: Disposition?) async throws(StoreError) -> [LedgerDelivery]

    /// One delivery, with its report while it is parked; `nil` when it is not remembered.
    func delivery(_ id: String) async throws(StoreError) -> KeptDelivery?

    /// Refused callbacks, newest first.
    func refusals(_ page: LedgerPage) async throws(StoreError) -> [CallbackRefusal]

    /// Adds refused callbacks, but for those that are there, and forgets the oldest beyond ``CallbackRefusal/maximumKept``.
    /// - Parameter more: how many more came like one that was recorded before, by its id; one that is gone is left alone.
    func recordRefusals(_ refusals: [CallbackRefusal], more: [String: Int]) async throws(StoreError)

    // MARK: Checks

    /// Schedules the checks that nothing has scheduled: of open tasks that the web app wrote or set back to open, and of those
    /// that lie further ahead than the grace in force allows. Once for each sweep; its cost grows with the open tasks. The errors
    /// that a task had before it ended count no more.
    /// Returns how many it scheduled.
    func scheduleOpenTasks(at now: Timestamp) async throws(StoreError) -> Int

    /// Leases up to `limit` due tasks, in the order of ``ClaimRank``. Nobody else is given them until the lease ends. Its cost does not
    /// grow with what is not due. A task that the web app has ended is met once, and not again.
    func claimDueTasks(_ claim: ClaimRequest) async throws(StoreError) -> [ClaimedTask]

    /// Leases one task for a manual check, due or not.
    func claimTask(_ task: TaskID, _ claim: ClaimRequest) async throws(StoreError) -> SingleClaim

    /// Ends leases after checks that were answered: clears the errors, sets when to look again and the mark of a loss, adds
    /// ``CheckAnswer/row`` to the session log. Fenced by the owner: a lease that has passed to another owner is left alone.
    /// A sign of life that comes later starts the count of quiet checks anew.
    /// - Parameter answers: 1 to 256, each about another task.
    func recordAnsweredChecks(_ answers: [CheckAnswer], at now: Timestamp) async throws(StoreError)

    /// How long finished tasks took: up to ``ObservedDurations/mostSamples`` of each of these sessions, and of all.
    func durations(of sessions: [SessionID]) async throws(StoreError) -> ObservedDurations

    /// Ends leases of tasks that are too early to be asked about, and sets when they are due. Fenced by the owner.
    /// ``scheduleOpenTasks(at:)`` does not bring them forward.
    func putOff(_ tasks: [TaskPutOff]) async throws(StoreError)

    /// Ends leases of tasks that were not asked about, so that others need not wait for their end. Fenced by the owner.
    func release(_ tasks: [ClaimedTask]) async throws(StoreError)

    /// Ends a lease after a failed check: counts it, sets when to look again, adds ``CheckFailure/row`` to the session log.
    /// Never changes a status. Fenced by the owner.
    func recordFailedCheck(_ failure: CheckFailure, at now: Timestamp) async throws(StoreError)

    /// Sets how urgent a task is, 0 to 9; `false` when there is no such task.
    func setPriority(_ priority: Int, of task: TaskID) async throws(StoreError) -> Bool

    /// Sets how urgent a session is, 0 to 9: that of its open tasks, and of those that come later and bring none of their own.
    /// Returns how many tasks it changed; `nil` when there is no such session.
    func setPriority(_ priority: Int, ofSession session: SessionID) async throws(StoreError) -> Int?

    // MARK: Sessions

    /// Puts right every session whose status is behind its students; returns how many changed.
    func rollUpSessions(at now: Timestamp) async throws(StoreError) -> Int

    /// `nil` when there is no such session.
    func sessionSummary(_ session: SessionID) async throws(StoreError) -> SessionSummary?

    /// Newest first; `nil` when there is no such session.
    /// - Parameters:
    ///   - limit: 1 to 1,000 rows.
    ///   - before: only rows that stand after this one in the list, for paging.
    func logs(of session: SessionID, limit: Int, before: LogCursor?) async throws(StoreError) -> [SessionLog]?

    /// Those of them that are about one student, under the student's row id or the institution's number.
    /// - Parameter student: a row id or an institution's number of this session; for any other text the rows that bear just that.
    func logs(of session: SessionID, student: String, limit: Int, before: LogCursor?) async throws(StoreError) -> [SessionLog]?

    /// Adds one row to a session's log; `nil` when there is no such session.
    func addLog(_ entry: NewSessionLog, at now: Timestamp) async throws(StoreError) -> SessionLog?

    // MARK: Statistics and upkeep

    /// What is still to be done. Its cost does not grow with what is done.
    func openWork() async throws(StoreError) -> OpenWork

    /// Everything that ``MonitorStatistics`` holds. Its cost grows with the number of students.
    func statistics() async throws(StoreError) -> MonitorStatistics

    /// The endings since a point in time, by hour, session and source. Its cost grows with what happened since then.
    func endings(since start: Timestamp) async throws(StoreError) -> [EndingGroup]

    /// What is known of one task; `nil` when there is no such task.
    func task(_ task: TaskID) async throws(StoreError) -> TaskSnapshot?

    /// The same, with all that is known of the student; `nil` when there is no such task.
    func student(of task: TaskID) async throws(StoreError) -> StudentRecord?

    // MARK: Retries

    /// The failed students of a session who bear a sound task id, by task id; `nil` when there is no such session.
    func failedTasks(of session: SessionID) async throws(StoreError) -> [TaskSnapshot]?

    /// Sets failed tasks back to PENDING as their next attempt, by ``RetryRule``, and rolls up their sessions: clears the result,
    /// the errors and the marks, adds a row to the session log. Answers to questions that were sent before, and reports of a
    /// run with a lower number than the next, change nothing from then on.
    /// - Parameters:
    ///   - tasks: at most those of one session.
    ///   - source: who wants it: a person, or the sweep.
    /// - Returns: the attempts that have begun.
    func retry(
        _ tasks: [TaskID],
        maximumAttempts: Int,
        source: ReportSource,
        at now: Timestamp
    ) async throws(StoreError) -> [TaskID: Int]

    /// Gives the attempt that is under way the task id that the grading server knows it by, by ``ReplacementPlan``: status and
    /// priority stand, the former id becomes history.
    func replaceTask(
        _ task: TaskID,
        by new: TaskID,
        attempt: Int,
        source: ReportSource,
        at now: Timestamp
    ) async throws(StoreError) -> TaskReplacement

    /// Failed tasks whose last failure is no older, oldest failure first. Its cost grows with what has failed since then.
    /// - Parameter belowAttempt: only tasks whose attempt is lower.
    func failedTasks(since start: Timestamp, belowAttempt: Int, limit: Int) async throws(StoreError) -> [FailedTask]

    // MARK: Health

    /// Throws unless the database takes a write now: commits one small row of the monitor's own.
    func verifyWritable() async throws(StoreError)

    /// Forgets what is older than the limits, refused callbacks as deliveries, in small steps; returns how many rows went.
    func prune(_ limits: PruneLimits) async throws(StoreError) -> Int

    // MARK: Several instances on one database

    /// Takes a lease, or takes one's own again; `false` while another owner holds it.
    func acquire(_ lease: InstanceLease) async throws(StoreError) -> Bool

    /// Gives a lease back before its end. Fenced by the owner: a lease that has passed to another one is left alone.
    func releaseLease(named name: String, owner: String) async throws(StoreError)

    /// Counts one request against a limit that all instances on this database share, as ``GCRA`` says; `nil` when one
    /// process alone serves this database, and counts in its own memory.
    func take(_ limit: RateLimit, client: String, at now: Timestamp) async throws(StoreError) -> RateLimitDecision?

    /// The change feed after a sequence, in order. Rows that cannot be read back are left out.
    /// - Parameters:
    ///   - sequence: 0 for the beginning.
    ///   - limit: 1 to 4,096 rows. Fewer come only where the feed ends.
    func changes(after sequence: Int64, limit: Int) async throws(StoreError) -> ChangePage

    /// The greatest sequence in the change feed; 0 when it is empty.
    func latestChange() async throws(StoreError) -> Int64

    /// Yields when there may be new changes, from this process or another. Signals may be lost or come for nothing: the
    /// sequence is the truth. Ends when the store is closed.
    func changeSignals() -> AsyncStream<Void>
}

extension Store {
    package func executor(ofLane lane: Int) -> (any TaskExecutor)? { nil }
}
