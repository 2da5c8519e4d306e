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
        ON CONFLICT (task_id) DO UPDATE SET next_check_at = excluded.next_check_at
        """
    }

    /// Those of one priority that nobody has leased, most overdue first.
    static let dueTasks = """
        SELECT task_id, consecutive_errors, \(quietChecks), next_check_at, priority FROM monitor_tasks
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
                        SELECT consecutive_errors, coalesce(lease_expires_at, 0), \(Self.quietChecks)
                        FROM monitor_tasks WHERE task_id = ?
                        """
                ),
                arguments: [task.rawValue]
            )
            if let expiry = row?.timestamp(1), expiry > claim.now { return .leasedElsewhere(state.status) }
            try claim.lease(task, of: state, in: db)
            return .claimed(
                ClaimedTask(
                    task: task,
                    owner: claim.owner,
                    consecutiveErrors: row?.integer(0) ?? 0,
                    quietChecks: row?.integer(2) ?? 0,
                    status: state.status,
                    heardAt: state.lastSignalAt
                )
            )
        }
    }

    /// A task that has ended meanwhile stays out of the schedule.
    package func recordAnsweredCheck(_ task: ClaimedTask, _ next: NextCheck) async throws(StoreError) {
        try await write { db in
            try db.cachedStatement(
                sql: """
                    UPDATE monitor_tasks SET next_check_at = iif(next_check_at IS NOT NULL, ?, NULL), consecutive_errors = 0,
                        quiet_checks = ?, quiet_since = last_signal_at, late_by_ms = coalesce(?, late_by_ms), put_off = 0,
                        lease_owner = NULL, lease_expires_at = NULL
                    WHERE task_id = ? AND lease_owner = ?
                    """
            ).execute(arguments: [
                next.at.milliseconds, next.quietChecks, next.lateness?.milliseconds, task.task.rawValue, task.owner,
            ])
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
                        consecutive_errors = consecutive_errors + 1, last_error = ?, lease_owner = NULL, lease_expires_at = NULL
                    WHERE task_id = ? AND lease_owner = ?
                    """
            ).execute(arguments: [failure.nextCheckAt.milliseconds, failure.reason, claim.task.rawValue, claim.owner])
            guard db.changesCount > 0, let state = try TaskState.fetch(claim.task, from: db, statements) else { return }
            // A callback has ended the task meanwhile: the failure says nothing about it any more.
            guard state.status.isOpen || state.status == claim.status else { return }
            let log = LogWrite(
                session: state.session,
                student: state.student,
                level: .error,
                message: "Task \(claim.task): check failed: \(failure.reason)",
                source: failure.source
            )
            var ids = RowIDSequence(at: now)
            try log.write(to: db, id: ids.next(), at: now)
        }
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
            let due = row.timestamp(3) ?? now
            return (row: row, key: rank.key(dueAt: due, priority: row.integer(4) ?? TaskRegistration.ordinaryPriority))
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
        try lease(task, of: state, in: db)
        return ClaimedTask(
            task: task,
            owner: owner,
            consecutiveErrors: row.integer(1) ?? 0,
            quietChecks: row.integer(2) ?? 0,
            status: state.status,
            heardAt: try state.lastSignalAt ?? state.student.madeAt(in: db),
            session: state.session,
            startedAt: try state.firstProcessingAt ?? state.student.madeAt(in: db)
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
