package import GradingCore
import GRDB

extension SQLiteStore {
    package func scheduleOpenTasks(at now: Timestamp) async throws(StoreError) -> Int {
        let grace = schedule.grace.milliseconds
        let sql = Self.scheduleOpenTasks(statements.layout)
        var scheduled = 0
        while true {
            let step = try await write { db in
                try db.cachedStatement(sql: sql)
                    .execute(arguments: [now.milliseconds, grace, Self.scheduleStep])
                return db.changesCount
            }
            scheduled += step
            if step < Self.scheduleStep { return scheduled }
        }
    }

    /// Rows in one step: callbacks wait until it is committed.
    private static let scheduleStep = 10_000

    package func claimDueTasks(_ claim: ClaimRequest) async throws(StoreError) -> [ClaimedTask] {
        let statements = statements
        while true {
            let (met, claimed) = try await write { db in
                let due = try claim.due(in: db)
                return (due.count, try due.compactMap { try claim.take($0, in: db, statements) })
            }
            // All that were met have ended by the web app's hand: behind them there may be others.
            if met == 0 || !claimed.isEmpty { return claimed }
        }
    }

    /// Open tasks without a time for their next check: nothing has scheduled what the web app wrote itself or set back to open.
    /// And those that lie further ahead than the grace (?2) allows: it was longer when they were scheduled. What waits after a
    /// check stays.
    /// Ids outside our grammar can be neither asked about nor reported. Of several students with one id the first counts.
    ///
    /// Due when the last sign of life is as old as the grace; for rows that the web app wrote, the last update is one.
    static func scheduleOpenTasks(_ layout: DatabaseLayout) -> String {
        """
        INSERT INTO monitor_tasks (task_id, student_id, next_check_at, priority)
        SELECT s.taskId, min(s.id),
               min(max(coalesce(t.last_signal_at, 0), \(Timestamp.milliseconds(of: "s.updatedAt"))), ?1) + ?2,
               coalesce(p.priority, \(TaskRegistration.ordinaryPriority))
        FROM students s LEFT JOIN monitor_tasks t ON t.task_id = s.taskId
        LEFT JOIN monitor_session_priorities p ON p.session_id = s.gradingSessionId
        WHERE s.\(layout.studentStatus) IN ('PENDING', 'PROCESSING')
          AND \(TaskID.sqlCondition("s.taskId"))
          AND (t.next_check_at IS NULL
              OR (t.consecutive_errors = 0 AND t.quiet_checks = 0 AND NOT t.put_off AND t.next_check_at > ?1 + ?2))
        GROUP BY s.taskId
        LIMIT ?3
        ON CONFLICT (task_id) DO UPDATE SET next_check_at = excluded.next_check_at, consecutive_errors = 0
        """
    }

    /// Those of one priority that nobody has leased, most overdue first.
    static let dueTasks = """
        SELECT task_id, consecutive_errors, coalesce(lease_expires_at, 0), lost_since, lost_evidence, \(quietChecks),
            next_check_at, priority
        FROM monitor_tasks
        WHERE priority = ?3 AND next_check_at <= ?1 AND (lease_expires_at IS NULL OR lease_expires_at <= ?1)
        ORDER BY next_check_at LIMIT ?2
        """

    /// Checks without news since the last sign of life: one that came after them starts the count anew.
    private static let quietChecks = "iif(quiet_since IS last_signal_at, quiet_checks, 0)"

    package func claimTask(_ task: TaskID, _ claim: ClaimRequest) async throws(StoreError) -> SingleClaim {
        let statements = statements
        return try await write { db in
            guard let state = try TaskState.fetch(task, from: db, statements) else { return .noSuchTask }
            if state.isSuperseded || state.status.hasResult { return .settled(state.status) }
            let row = try Row.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT task_id, consecutive_errors, coalesce(lease_expires_at, 0), lost_since, lost_evidence,
                            \(Self.quietChecks)
                        FROM monitor_tasks WHERE task_id = ?
                        """
                ),
                arguments: [task.rawValue]
            )
            if let expiry = row?.timestamp(2), expiry > claim.now { return .leasedElsewhere(state.status) }
            return .claimed(try claim.take(state, row, madeAt: nil, in: db))
        }
    }

    /// A task that has ended meanwhile stays out of the schedule.
    package func recordAnsweredChecks(_ answers: [CheckAnswer], at now: Timestamp) async throws(StoreError) {
        let statements = statements
        try await write { db in
            let record = try db.cachedStatement(
                sql: """
                    UPDATE monitor_tasks SET next_check_at = iif(next_check_at IS NOT NULL, ?, NULL), consecutive_errors = 0,
                        lost_since = ?, lost_evidence = ?, quiet_checks = ?, quiet_since = last_signal_at,
                        late_by_ms = coalesce(?, late_by_ms), put_off = 0, lease_owner = NULL, lease_expires_at = NULL
                    WHERE task_id = ? AND lease_owner = ?
                    """
            )
            for answer in answers {
                let claim = answer.claim
                try record.execute(
                    arguments: [
                        answer.nextCheckAt.milliseconds, answer.loss?.since.milliseconds, answer.loss?.evidence.rawValue,
                        answer.quietChecks, answer.lateness?.milliseconds, claim.task.rawValue, claim.owner,
                    ]
                )
                guard db.changesCount > 0 else { continue }
                try answer.row?.write(about: claim, answer.source, to: db, statements, at: now)
            }
        }
    }

    package func release(_ tasks: [ClaimedTask]) async throws(StoreError) {
        try await write { db in
            let statement = try db.cachedStatement(
                sql: """
                    UPDATE monitor_tasks SET lease_owner = NULL, lease_expires_at = NULL WHERE task_id = ? AND lease_owner = ?
                    """
            )
            for task in tasks {
                try statement.execute(arguments: [task.task.rawValue, task.owner])
            }
        }
    }

    package func recordFailedCheck(_ failure: CheckFailure, at now: Timestamp) async throws(StoreError) {
        let statements = statements
        try await write { db in
            let claim = failure.claim
            try db.cachedStatement(
                sql: """
                    UPDATE monitor_tasks SET next_check_at = iif(next_check_at IS NOT NULL, ?, NULL),
                        consecutive_errors = consecutive_errors + 1, last_error = ?, lost_since = coalesce(?, lost_since),
                        lost_evidence = coalesce(?, lost_evidence), lease_owner = NULL, lease_expires_at = NULL
                    WHERE task_id = ? AND lease_owner = ?
                    """
            ).execute(
                arguments: [
                    failure.nextCheckAt.milliseconds, failure.reason, failure.loss?.since.milliseconds,
                    failure.loss?.evidence.rawValue, claim.task.rawValue, claim.owner,
                ]
            )
            guard db.changesCount > 0 else { return }
            try failure.row?.write(about: claim, failure.source, to: db, statements, at: now)
        }
    }
}

extension CheckRow {
    /// Nothing is written about a task that a callback has ended meanwhile: the check says nothing about it any more.
    fileprivate func write(
        about claim: ClaimedTask,
        _ source: ReportSource,
        to db: Database,
        _ statements: SQLiteStatements,
        at now: Timestamp
    ) throws {
        guard let state = try TaskState.fetch(claim.task, from: db, statements),
            state.status.isOpen || state.status == claim.status
        else { return }
        var ids = RowIDSequence(at: now)
        try LogWrite(self, of: state, source).write(to: db, id: ids.next(), at: now)
    }
}

extension ClaimRequest {
    /// The most overdue of each priority, and of these the first by ``ClaimRank``: ten short reads of the index. Rows of
    /// ``SQLiteStore/dueTasks``.
    fileprivate func due(in db: Database) throws -> [Row] {
        let statement = try db.cachedStatement(sql: SQLiteStore.dueTasks)
        let rows = try ClaimRank.priorities.flatMap { priority in
            try Row.fetchAll(statement, arguments: [now.milliseconds, limit, priority])
        }
        let ranked = rows.map { row in
            let due = row.timestamp(6) ?? now
            return (row: row, key: rank.key(dueAt: due, priority: row.integer(7) ?? TaskRegistration.ordinaryPriority))
        }
        return ranked.sorted { ($0.key, $0.row.text(0) ?? "") < ($1.key, $1.row.text(0) ?? "") }.prefix(limit).map(\.row)
    }

    /// Leases one due task; or takes it out of the schedule, where nobody who is open bears it any more.
    /// - Parameter row: of ``SQLiteStore/dueTasks``.
    fileprivate func take(_ row: Row, in db: Database, _ statements: SQLiteStatements) throws -> ClaimedTask? {
        let id: DatabaseValue = row[0]
        guard let task = row.text(0).flatMap(TaskID.init), let state = try TaskState.fetch(task, from: db, statements),
            state.status.isOpen, !state.isSuperseded
        else {
            try db.cachedStatement(sql: "UPDATE monitor_tasks SET next_check_at = NULL WHERE task_id = ?")
                .execute(arguments: [id])
            return nil
        }
        return try take(state, row, madeAt: state.student.madeAt(in: db), in: db)
    }

    /// - Parameters:
    ///   - row: the task's, with the columns of ``SQLiteStore/dueTasks``; `nil` when it has none yet.
    ///   - madeAt: when the student was made; `nil` where the claim does not say when the task began.
    fileprivate func take(_ state: TaskState, _ row: Row?, madeAt: Timestamp?, in db: Database) throws -> ClaimedTask {
        try lease(state.task, of: state, in: db)
        let written = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT updatedAt FROM students WHERE id = ?"),
            arguments: [state.student.rawValue]
        )
        return ClaimedTask(
            task: state.task,
            owner: owner,
            consecutiveErrors: row?.integer(1) ?? 0,
            quietChecks: row?.integer(5) ?? 0,
            status: state.status,
            heardAt: state.lastSignalAt ?? madeAt,
            session: madeAt == nil ? nil : state.session,
            startedAt: madeAt.map { state.firstProcessingAt ?? $0 },
            trace: TaskTrace(
                writtenAt: written?.timestamp(0),
                firstProcessingAt: state.firstProcessingAt,
                lastSignalAt: state.lastSignalAt,
                loss: Loss(evidence: row?.text(4), since: row?.timestamp(3))
            )
        )
    }

    /// An open task that nothing has scheduled is due from now on.
    fileprivate func lease(_ task: TaskID, of state: TaskState, in db: Database) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO monitor_tasks (task_id, student_id, lease_owner, lease_expires_at, next_check_at) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (task_id) DO UPDATE
                SET student_id = excluded.student_id, lease_owner = excluded.lease_owner, lease_expires_at = excluded.lease_expires_at,
                    next_check_at = coalesce(next_check_at, excluded.next_check_at)
                """
        ).execute(
            arguments: [
                task.rawValue, state.student.rawValue, owner, leaseExpiresAt.milliseconds,
                state.status.isOpen ? now.milliseconds : nil,
            ]
        )
    }
}

extension TaskID {
    /// SQL for "this column holds an id within our grammar".
    static func sqlCondition(_ column: String) -> String {
        """
        (length(\(column)) BETWEEN 1 AND 128 AND \(column) NOT GLOB '*[^A-Za-z0-9._-]*' AND \(column) NOT IN ('.', '..'))
        """
    }
}

extension StudentRowID {
    fileprivate func madeAt(in db: Database) throws -> Timestamp? {
        let statement = try db.cachedStatement(sql: "SELECT createdAt FROM students WHERE id = ?")
        return try Row.fetchOne(statement, arguments: [rawValue])?.timestamp(0)
    }
}
