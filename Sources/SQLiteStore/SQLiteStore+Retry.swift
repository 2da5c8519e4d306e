package import GradingCore
import GRDB

extension SQLiteStore {
    package func failedTasks(of session: SessionID) async throws(StoreError) -> [TaskSnapshot]? {
        let layout = statements.layout
        return try await read { db in
            guard try db.exists(session) else { return nil }
            return try Row.fetchAll(db.cachedStatement(sql: layout.failedStudents), arguments: [session.rawValue])
                .compactMap { TaskSnapshot(failed: $0, in: session) }
        }
    }

    package func failedTasks(
        since start: Timestamp,
        belowAttempt: Int,
        limit: Int
    ) async throws(StoreError) -> [FailedTask] {
        let layout = statements.layout
        return try await read { db in
            let change = try Self.first("monitor_changes", "sequence", after: start, by: "at", in: db)
            return try Row.fetchAll(
                db.cachedStatement(sql: layout.failedSince),
                arguments: [start.milliseconds, change, belowAttempt, limit]
            ).compactMap { row in
                guard let session = row.text(4), let failedAt = row.timestamp(5) else { return nil }
                return TaskSnapshot(failed: row, in: SessionID(stored: session)).map { FailedTask($0, failedAt: failedAt) }
            }
        }
    }

    package func replaceTask(
        _ task: TaskID,
        by new: TaskID,
        attempt: Int,
        source: ReportSource,
        at now: Timestamp
    ) async throws(StoreError) -> TaskReplacement {
        let (schedule, statements) = (schedule, statements)
        return try await write { db in
            let priority = try db.cachedStatement(sql: "SELECT priority FROM monitor_tasks WHERE task_id = ?")
            let plan = ReplacementPlan(
                try TaskState.fetch(task, from: db, statements),
                attempt: attempt,
                by: new,
                priority: try Int.fetchOne(priority, arguments: [task.rawValue]),
                in: try RegistrationState(holdersOf: new, in: db, statements.registration),
                source: source,
                at: now,
                schedule
            )
            try plan.writes.write(to: db, statements, at: now)
            return plan.outcome
        }
    }

    package func retry(
        _ tasks: [TaskID],
        maximumAttempts: Int,
        source: ReportSource,
        at now: Timestamp
    ) async throws(StoreError) -> [TaskID: Int] {
        let (schedule, statements) = (schedule, statements)
        return try await write { db in
            var begun: [TaskID: Int] = [:]
            var sessions: Set<SessionID> = []
            var ids = RowIDSequence(at: now)
            for task in tasks {
                guard let state = try TaskState.fetch(task, from: db, statements) else { continue }
                let kept = try Row.fetchOne(
                    db.cachedStatement(sql: "SELECT last_error, lease_expires_at FROM monitor_tasks WHERE task_id = ?"),
                    arguments: [task.rawValue]
                )
                let leasedUntil = kept?.timestamp(1)
                guard
                    case .begin(let attempt) = RetryRule(state, leasedUntil: leasedUntil, maximum: maximumAttempts, at: now)
                else { continue }
                try state.restart(
                    attempt,
                    nextCheckAt: schedule.nextCheck(of: .pending, signalledAt: now),
                    in: db,
                    statements,
                    at: now
                )
                try LogWrite(attempt: attempt, of: maximumAttempts, after: state, lastError: kept?.text(0), source: source)
                    .write(to: db, id: ids.next(), at: now)
                try TaskChange(retryOf: state, source: source).write(to: db, at: now)
                begun[task] = attempt
                sessions.insert(state.session)
            }
            for session in sessions.sorted() { try SessionRollUp.rollUp(session, in: db, statements, at: now) }
            return begun
        }
    }
}

extension TaskSnapshot {
    /// - Parameter row: task id, row id and name of the student, attempt.
    fileprivate init?(failed row: Row, in session: SessionID) {
        guard let task = row.text(0).flatMap(TaskID.init), let student = row.text(1) else { return nil }
        self.init(
            task: task,
            student: StudentRowID(student),
            studentName: row.text(2) ?? "",
            session: session,
            status: .failed,
            attempt: row.integer(3) ?? 1
        )
    }
}

extension TaskState {
    /// Back to PENDING.
    fileprivate func restart(
        _ attempt: Int,
        nextCheckAt: Timestamp?,
        in db: Database,
        _ statements: SQLiteStatements,
        at now: Timestamp
    ) throws {
        try db.cachedStatement(sql: statements.layout.reopenStudent).execute(arguments: [now.milliseconds, student.rawValue])
        try student.forgetResult(in: db, statements, at: now)
        try db.cachedStatement(
            sql: """
                INSERT INTO monitor_tasks (task_id, student_id, attempt, last_signal_at, next_check_at) VALUES (?1, ?2, ?3, ?4, ?5)
                ON CONFLICT (task_id) DO UPDATE SET student_id = ?2, attempt = ?3, last_signal_at = ?4, next_check_at = ?5,
                    reported_attempt = reported_attempt + 1, first_processing_at = NULL, consecutive_errors = 0,
                    lease_owner = NULL, lease_expires_at = NULL, last_error = NULL, learned_via = NULL, needs_review = 0,
                    result_hash = NULL, lost_since = NULL, lost_evidence = NULL, quiet_checks = 0, quiet_since = NULL,
                    put_off = 0, late_by_ms = NULL
                """
        ).execute(
            arguments: [task.rawValue, student.rawValue, attempt, now.milliseconds, nextCheckAt?.milliseconds]
        )
    }
}

extension DatabaseLayout {
    /// Where several students bear one task id and one of them is open or graded, it has not failed.
    fileprivate var failedStudents: String {
        """
        SELECT s.taskId, min(s.id), s.\(studentName), t.attempt FROM students s LEFT JOIN monitor_tasks t ON t.task_id = s.taskId
        WHERE s.gradingSessionId = ?1 AND s.\(studentStatus) = 'FAILED' AND \(TaskID.sqlCondition("s.taskId"))
            AND NOT EXISTS (SELECT 1 FROM students o WHERE o.taskId = s.taskId AND o.\(studentStatus) <> 'FAILED')
        GROUP BY s.taskId ORDER BY s.taskId
        """
    }

    /// By the change feed, which has every failure: no index of failures has to be kept with every commit.
    fileprivate var failedSince: String {
        """
        WITH failed AS (
            SELECT task_id, max(at) AS at FROM monitor_changes
            WHERE sequence >= ?2 AND at >= ?1 AND kind = 'task' AND to_status = 'FAILED' GROUP BY task_id
        )
        SELECT f.task_id, s.id, s.\(studentName), coalesce(t.attempt, 1), s.gradingSessionId, f.at
        FROM failed f
        JOIN students s ON s.id = (
            SELECT id FROM students WHERE taskId = f.task_id ORDER BY \(studentStatus) = 'FAILED', id LIMIT 1
        )
        LEFT JOIN monitor_tasks t ON t.task_id = f.task_id
        WHERE s.\(studentStatus) = 'FAILED' AND coalesce(t.attempt, 1) < ?3
        ORDER BY f.at, f.task_id LIMIT ?4
        """
    }

    fileprivate var reopenStudent: String {
        "UPDATE students SET \(studentStatus) = 'PENDING', updatedAt = ?, \(clearedResult) WHERE id = ?"
    }
}
