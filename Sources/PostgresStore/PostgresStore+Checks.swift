package import GradingCore

extension PostgresStore {
    package func scheduleOpenTasks(at now: Timestamp) async throws(StoreError) -> Int {
        let query = layout.scheduleOpenTasks(
            .timestamp(now),
            .double(schedule.grace / .milliseconds(1)),
            .integer(Self.scheduleStep)
        )
        var scheduled = 0
        while true {
            let step = try await write { (transaction) throws(PostgresError) in
                try transaction.commit([query])[0].changedRows
            }
            scheduled += step
            if step < Self.scheduleStep { return scheduled }
        }
    }

    /// Rows in one step: reports of these tasks wait until it is committed.
    private static let scheduleStep = 10_000

    package func claimDueTasks(_ claim: ClaimRequest) async throws(StoreError) -> [ClaimedTask] {
        let query = layout.claimDueTasks(
            .timestamp(claim.now),
            .integer(claim.limit),
            .text(claim.owner),
            .timestamp(claim.leaseExpiresAt),
            .double(claim.rank.step / .milliseconds(1))
        )
        while true {
            let (met, claimed) = try await write { (transaction) throws(PostgresError) in
                let rows = try transaction.commit([query])[0].rows
                return (rows.count, rows.compactMap { ClaimedTask($0, owner: claim.owner) })
            }
            // All that were met have ended by the web app's hand: behind them there may be others.
            if met == 0 || !claimed.isEmpty { return claimed }
        }
    }

    package func claimTask(_ task: TaskID, _ claim: ClaimRequest) async throws(StoreError) -> SingleClaim {
        let (applying, layout) = (applying, layout)
        return try await write { (transaction) throws(PostgresError) in
            guard let state = try TaskState.find(task, in: &transaction, applying) else { return .noSuchTask }
            if state.isSuperseded || state.status.hasResult { return .settled(state.status) }
            let lease = layout.claimTask(
                .text(task.rawValue),
                .text(state.student.rawValue),
                .text(claim.owner),
                .timestamp(claim.leaseExpiresAt),
                .timestamp(claim.now),
                .timestamp(state.status.isOpen ? claim.now : nil)
            )
            let results = try transaction.commit([layout.writtenAt(.text(state.student.rawValue)), lease])
            guard let row = results[1].first else { return .leasedElsewhere(state.status) }
            return .claimed(
                ClaimedTask(
                    task: task,
                    owner: claim.owner,
                    consecutiveErrors: row.integer(0) ?? 0,
                    quietChecks: row.integer(5) ?? 0,
                    status: state.status,
                    heardAt: state.lastSignalAt,
                    trace: TaskTrace(writtenAt: results[0].first?.timestamp(0), row, from: 1)
                )
            )
        }
    }

    package func recordAnsweredChecks(_ answers: [CheckAnswer], at now: Timestamp) async throws(StoreError) {
        // In the order in which `apply` locks tasks.
        let sorted = answers.sorted { $0.claim.task < $1.claim.task }
        let record = Self.recordAnswers(
            .texts(sorted.map(\.claim.task.rawValue)),
            .texts(sorted.map(\.claim.owner)),
            .timestamps(sorted.map(\.nextCheckAt)),
            .timestamps(sorted.map(\.loss?.since)),
            .texts(sorted.map(\.loss?.evidence.rawValue)),
            .integers(sorted.map(\.quietChecks)),
            .integers(sorted.map { $0.lateness.map { Int($0.milliseconds) } })
        )
        try await end(sorted.map { EndedCheck(claim: $0.claim, row: $0.row, source: $0.source) }, by: record, at: now)
    }

    package func release(_ tasks: [ClaimedTask]) async throws(StoreError) {
        let sorted = tasks.sorted { $0.task < $1.task }
        let query = Self.releaseLeases(.texts(sorted.map(\.task.rawValue)), .texts(sorted.map(\.owner)))
        try await write { (transaction) throws(PostgresError) in _ = try transaction.commit([query]) }
    }

    package func recordFailedCheck(_ failure: CheckFailure, at now: Timestamp) async throws(StoreError) {
        let record = Self.recordFailure(
            .text(failure.claim.task.rawValue),
            .text(failure.claim.owner),
            .timestamp(failure.nextCheckAt),
            .text(failure.reason),
            .timestamp(failure.loss?.since),
            .text(failure.loss?.evidence.rawValue)
        )
        try await end([EndedCheck(claim: failure.claim, row: failure.row, source: failure.source)], by: record, at: now)
    }

    fileprivate struct EndedCheck: Sendable {
        let claim: ClaimedTask
        /// What it leaves in the session log.
        let row: CheckRow?
        let source: ReportSource
    }

    /// - Parameter record: returns the ids of the tasks whose lease it has ended.
    private func end(_ checks: [EndedCheck], by record: Query, at now: Timestamp) async throws(StoreError) {
        let applying = applying
        let telling = checks.filter { $0.row != nil }
        try await write { (transaction) throws(PostgresError) in
            guard !telling.isEmpty else {
                try transaction.commit([record])
                return
            }
            // The students' rows are locked before the tasks', as `apply` does it.
            let states = try TaskState.find(telling.map(\.claim.task), in: &transaction, applying)
            let ended = Set(try transaction.run([record])[0].rows.compactMap { $0.text(0) })
            let logs = telling.compactMap { ended.contains($0.claim.task.rawValue) ? $0.log(states[$0.claim.task]) : nil }
            try transaction.commit(logs.isEmpty ? [] : [applying.insertLogs(logs, at: now)])
        }
    }
}

extension PostgresStore.EndedCheck {
    /// `nil` when a callback has ended the task meanwhile: the check says nothing about it any more.
    fileprivate func log(_ state: TaskState?) -> LogWrite? {
        guard let row, let state, state.status.isOpen || state.status == claim.status else { return nil }
        return LogWrite(row, of: state, source)
    }
}

// MARK: SQL

extension PostgresStore {
    /// A task that has ended meanwhile stays out of the schedule.
    static let recordAnswers = Statement(
        "record_answers",
        """
        UPDATE \(MonitorSchema.name).tasks t
        SET next_check_at = CASE WHEN t.next_check_at IS NOT NULL THEN u.at END, consecutive_errors = 0,
            lost_since = u.lost, lost_evidence = u.evidence, quiet_checks = u.quiet, quiet_since = t.last_signal_at,
            late_by_ms = coalesce(u.late, t.late_by_ms), put_off = false, lease_owner = NULL, lease_expires_at = NULL
        FROM unnest($1, $2, $3, $4, $5, $6, $7) AS u(task, owner, at, lost, evidence, quiet, late)
        WHERE t.task_id = u.task AND t.lease_owner = u.owner
        RETURNING t.task_id
        """
    )

    static let releaseLeases = Statement(
        "release_leases",
        """
        UPDATE \(MonitorSchema.name).tasks t SET lease_owner = NULL, lease_expires_at = NULL
        FROM unnest($1, $2) AS u(task, owner) WHERE t.task_id = u.task AND t.lease_owner = u.owner
        """
    )

    static let recordFailure = Statement(
        "record_failure",
        """
        UPDATE \(MonitorSchema.name).tasks
        SET next_check_at = CASE WHEN next_check_at IS NOT NULL THEN $3 END, consecutive_errors = consecutive_errors + 1,
            last_error = $4, lost_since = coalesce($5, lost_since), lost_evidence = coalesce($6, lost_evidence),
            lease_owner = NULL, lease_expires_at = NULL
        WHERE task_id = $1 AND lease_owner = $2
        RETURNING task_id
        """
    )
}

extension WebAppLayout {
    /// 1. Open tasks without a time for their next check: nothing has scheduled what the web app wrote itself or set back to open.
    ///    And those that lie further ahead than the grace ($2) allows: it was longer when they were scheduled. What waits after a
    ///    check stays.
    ///    Ids outside our grammar can be neither asked about nor reported. Of several students with one id the first counts.
    /// 2. Due when the last sign of life is as old as the grace; for rows that the web app wrote, the last update is one.
    ///    In the order in which `apply` locks tasks.
    var scheduleOpenTasks: Statement {
        Statement(
            "schedule_open_tasks",
            """
            WITH missing AS (
                SELECT DISTINCT ON (s."taskId" COLLATE "C") s."taskId" AS task, s.id AS student, s."gradingSessionId" AS session,
                    least(greatest(t.last_signal_at, s."updatedAt"), $1) + $2 * interval '1 millisecond' AS due
                FROM \(students) s LEFT JOIN \(MonitorSchema.name).tasks t ON t.task_id = s."taskId"
                WHERE s.\(studentState) \(open) AND \(Self.validTaskID)
                    AND (t.next_check_at IS NULL
                        OR t.consecutive_errors = 0 AND t.quiet_checks = 0 AND NOT t.put_off
                            AND t.next_check_at > $1 + $2 * interval '1 millisecond')
                ORDER BY s."taskId" COLLATE "C", s.id COLLATE "C" LIMIT $3
            )
            INSERT INTO \(MonitorSchema.name).tasks AS t (task_id, student_id, next_check_at, priority)
            SELECT task, student, due, coalesce(
                (SELECT p.priority FROM \(MonitorSchema.name).session_priorities p WHERE p.session_id = missing.session),
                \(TaskRegistration.ordinaryPriority)
            )
            FROM missing ORDER BY task COLLATE "C"
            ON CONFLICT (task_id) DO UPDATE SET next_check_at = excluded.next_check_at, consecutive_errors = 0
            """
        )
    }

    /// 1. Due tasks that nobody has leased: the most overdue of each priority, and of these the first by ``ClaimRank``. What
    ///    another claim holds at this moment is passed over. Ten short reads of the index; nothing that is not due is read.
    /// 2. Who bears them now: of several students with one id, an open one is meant.
    /// 3. The lease; or, where nobody who is open bears it any more, no check until it is scheduled again.
    ///
    /// No row of the web app is locked, and none is waited for.
    var claimDueTasks: Statement {
        Statement(
            "claim_due_tasks",
            """
            WITH due AS (
                SELECT t.task_id, t.next_check_at - level * $5 * interval '1 millisecond' AS rank
                FROM generate_series(0, 9) AS level CROSS JOIN LATERAL (
                    SELECT task_id, next_check_at FROM \(MonitorSchema.name).tasks
                    WHERE priority = level AND next_check_at <= $1 AND (lease_expires_at IS NULL OR lease_expires_at <= $1)
                    ORDER BY next_check_at LIMIT $2
                    FOR NO KEY UPDATE SKIP LOCKED
                ) AS t
                ORDER BY rank, t.task_id COLLATE "C" LIMIT $2
            ), met AS (
                SELECT due.task_id, due.rank, bearer.id, bearer.status, bearer.written, bearer.made, bearer.session
                FROM due LEFT JOIN LATERAL (
                    SELECT s.id, s.\(studentState)::text AS status, s."updatedAt" AS written, s."createdAt" AS made,
                        s."gradingSessionId" AS session
                    FROM \(students) s
                    WHERE s."taskId" = due.task_id AND s.\(studentState) \(open)
                    ORDER BY s.id COLLATE "C" LIMIT 1
                ) AS bearer ON true
            ), claimed AS (
                UPDATE \(MonitorSchema.name).tasks t
                SET student_id = coalesce(met.id, t.student_id),
                    next_check_at = CASE WHEN met.id IS NOT NULL THEN t.next_check_at END,
                    lease_owner = CASE WHEN met.id IS NOT NULL THEN $3 END,
                    lease_expires_at = CASE WHEN met.id IS NOT NULL THEN $4 END
                FROM met WHERE t.task_id = met.task_id
                RETURNING t.task_id, met.status, met.written, t.consecutive_errors, \(Self.trace),
                    \(Self.quietChecks) AS quiet_checks, coalesce(t.last_signal_at, met.made) AS heard, met.session,
                    coalesce(t.first_processing_at, met.made) AS started, met.rank
            )
            SELECT task_id, status, written, consecutive_errors, \(Self.trace), quiet_checks, heard, session, started
            FROM claimed t ORDER BY rank, task_id COLLATE "C"
            """
        )
    }

    /// No row comes back when another owner's lease stands. An open task that nothing has scheduled is due from now on ($6).
    var claimTask: Statement {
        Statement(
            "claim_task",
            """
            INSERT INTO \(MonitorSchema.name).tasks AS t (task_id, student_id, lease_owner, lease_expires_at, next_check_at)
            VALUES ($1, $2, $3, $4, $6)
            ON CONFLICT (task_id) DO UPDATE
            SET student_id = excluded.student_id, lease_owner = excluded.lease_owner, lease_expires_at = excluded.lease_expires_at,
                next_check_at = coalesce(t.next_check_at, excluded.next_check_at)
            WHERE t.lease_expires_at IS NULL OR t.lease_expires_at <= $5
            RETURNING t.consecutive_errors, \(Self.trace), \(Self.quietChecks)
            """
        )
    }

    /// Checks without news since the last sign of life: one that came after them starts the count anew.
    private static let quietChecks = """
        CASE WHEN t.quiet_since IS NOT DISTINCT FROM t.last_signal_at THEN t.quiet_checks ELSE 0 END
        """

    /// When a student's row was last written.
    var writtenAt: Statement {
        Statement("written_at", #"SELECT "updatedAt" FROM \#(students) WHERE id = $1"#)
    }

    /// The columns of a ``TaskTrace``, apart from the student's.
    private static let trace = "t.first_processing_at, t.last_signal_at, t.lost_since, t.lost_evidence"

    /// Within the grammar of ids: see ``TaskID``. Not `~ '^[…]{1,128}$'`: counting makes PostgreSQL's matcher 20 times slower, and
    /// the sweep asks this of every open task.
    static let validTaskID = """
        (length(s."taskId") BETWEEN 1 AND 128 AND s."taskId" COLLATE "C" !~ '[^A-Za-z0-9._-]' AND s."taskId" NOT IN ('.', '..'))
        """
}

extension TaskState {
    /// The student that bears the id now, else the one that bore it before a later attempt.
    static func find(
        _ task: TaskID,
        in transaction: inout Transaction,
        _ statements: ApplyStatements
    ) throws(PostgresError) -> TaskState? {
        try find([task], in: &transaction, statements)[task]
    }

    /// Locks the students' rows, in the order in which `apply` does. Tasks that nobody bears or bore are left out.
    static func find(
        _ tasks: [TaskID],
        in transaction: inout Transaction,
        _ statements: ApplyStatements
    ) throws(PostgresError) -> [TaskID: TaskState] {
        let ids = Parameter.texts(tasks.map(\.rawValue))
        let results = try transaction.run([statements.bearers(ids), statements.records(ids), statements.formerTasks(ids)])
        let former = results[2].rows.compactMap(TaskState.init(former:)).map { ($0.task, $0) }
        return TaskState.all(results[0].rows.compactMap(TaskBearer.init), results[1].taskRecords)
            .merging(former) { current, _ in current }
    }
}

extension ClaimedTask {
    fileprivate init?(_ row: ResultRow, owner: String) {
        guard let task = row.text(0).flatMap(TaskID.init), let status = row.text(1).flatMap(TaskStatus.init) else { return nil }
        self.init(
            task: task,
            owner: owner,
            consecutiveErrors: row.integer(3) ?? 0,
            quietChecks: row.integer(8) ?? 0,
            status: status,
            heardAt: row.timestamp(9),
            session: row.text(10).map { SessionID(stored: $0) },
            startedAt: row.timestamp(11),
            trace: TaskTrace(writtenAt: row.timestamp(2), row, from: 4)
        )
    }
}

extension TaskTrace {
    /// - Parameter first: where the columns of the trace begin.
    fileprivate init(writtenAt: Timestamp?, _ row: ResultRow, from first: Int32) {
        self.init(
            writtenAt: writtenAt,
            firstProcessingAt: row.timestamp(first),
            lastSignalAt: row.timestamp(first + 1),
            loss: Loss(evidence: row.text(first + 3), since: row.timestamp(first + 2))
        )
    }
}
