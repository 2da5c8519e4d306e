package import GradingCore

extension PostgresStore {
    package func failedTasks(of session: SessionID) async throws(StoreError) -> [TaskSnapshot]? {
        let id = Parameter.text(session.rawValue)
        return try await read([layout.sessionStatusWord(id), layout.failedStudents(id)]) { results in
            guard results[0].first != nil else { return nil }
            return results[1].rows.compactMap { TaskSnapshot(failed: $0, in: session) }
        }
    }

    package func retry(
        _ tasks: [TaskID],
        maximumAttempts: Int,
        source: ReportSource,
        at now: Timestamp
    ) async throws(StoreError) -> [TaskID: Int] {
        guard !tasks.isEmpty else { return [:] }
        let ids = Parameter.texts(tasks.sorted().map(\.rawValue))
        let nextCheckAt = schedule.nextCheck(of: .pending, signalledAt: now)
        let (layout, applying, registering) = (layout, applying, registering)
        let begun = try await write { (transaction) throws(PostgresError) in
            // In the order in which `apply` takes its locks.
            let results = try transaction.run([applying.lockBearers(ids), applying.records(ids), Self.keptOfTasks(ids)])
            let states = TaskState.all(results[0].rows.compactMap(TaskBearer.init), results[1].taskRecords)
            let restarts = Restarts(states.values, kept: results[2], maximum: maximumAttempts, source: source, at: now)
            guard !restarts.begun.isEmpty else { return restarts.begun }
            let queries = restarts.queries(layout, applying, registering, nextCheckAt: nextCheckAt, at: now)
            let written = try transaction.run(queries + [applying.rollUp.presence(restarts.sessions)])
            // Somebody has begun to ask about one of them since it was read.
            guard written[Restarts.tasks].changedRows == restarts.begun.count else { throw .overtaken }
            let words = applying.rollUp.words
            try transaction.commit(written.last.map { SessionRollUps($0, words).queries(applying.rollUp, at: now) } ?? [])
            return restarts.begun
        }
        if !begun.isEmpty { signals.noteCommit() }
        return begun
    }

    package func failedTasks(
        since start: Timestamp,
        belowAttempt: Int,
        limit: Int
    ) async throws(StoreError) -> [FailedTask] {
        let query = layout.failedSince(.timestamp(start), .integer(belowAttempt), .integer(limit))
        return try await read([query]) { results in
            results[0].rows.compactMap { row in
                guard let session = row.text(4), let failedAt = row.timestamp(5) else { return nil }
                return TaskSnapshot(failed: row, in: SessionID(stored: session)).map { FailedTask($0, failedAt: failedAt) }
            }
        }
    }
}

/// The failed tasks that begin anew.
private struct Restarts {
    private(set) var begun: [TaskID: Int] = [:]
    private var states: [TaskState] = []
    private var logs: [LogWrite] = []
    private let source: ReportSource

    /// Among the queries, the one that sets the monitor's own rows.
    static let tasks = 1

    /// - Parameter kept: of `keptOfTasks`.
    init(_ tasks: some Sequence<TaskState>, kept: QueryResult, maximum: Int, source: ReportSource, at now: Timestamp) {
        self.source = source
        var rows: [String: ResultRow] = [:]
        for row in kept.rows {
            if let task = row.text(0) { rows[task] = row }
        }
        for state in tasks.sorted(by: { $0.task < $1.task }) {
            let row = rows[state.task.rawValue]
            guard
                case .begin(let attempt) = RetryRule(state, leasedUntil: row?.timestamp(2), maximum: maximum, at: now)
            else { continue }
            begun[state.task] = attempt
            states.append(state)
            logs.append(LogWrite(attempt: attempt, of: maximum, after: state, lastError: row?.text(1), source: source))
        }
    }

    var sessions: Parameter { .texts(Set(states.map(\.session)).sorted().map(\.rawValue)) }

    func queries(
        _ layout: WebAppLayout,
        _ applying: ApplyStatements,
        _ registering: RegistrationStatements,
        nextCheckAt: Timestamp?,
        at now: Timestamp
    ) -> [Query] {
        let students = Parameter.texts(states.map(\.student.rawValue))
        let queries = [
            layout.reopenStudents(students, .timestamp(now)),
            PostgresStore.restartTasks(
                .texts(states.map(\.task.rawValue)),
                students,
                .integers(states.map { begun[$0.task] }),
                .timestamp(now),
                .timestamp(nextCheckAt)
            ),
            applying.insertLogs(logs, at: now),
            applying.insertChanges(states.map { TaskChange(retryOf: $0, source: source) }, at: now),
        ]
        return queries + applying.parts.clear(states.map(\.student), at: now)
            + [registering.forgetResults?(students)].compactMap(\.self)
    }
}

// MARK: SQL

extension PostgresStore {
    fileprivate static let keptOfTasks = Statement(
        "kept_of_tasks",
        "SELECT task_id, last_error, lease_expires_at FROM \(MonitorSchema.name).tasks WHERE task_id = ANY ($1)"
    )

    fileprivate static let restartTasks = Statement(
        "restart_tasks",
        """
        INSERT INTO \(MonitorSchema.name).tasks AS t (task_id, student_id, attempt, last_signal_at, next_check_at)
        SELECT u.*, $4, $5 FROM unnest($1, $2, $3::integer[]) AS u
        ON CONFLICT (task_id) DO UPDATE
        SET student_id = excluded.student_id, attempt = excluded.attempt, last_signal_at = excluded.last_signal_at,
            next_check_at = excluded.next_check_at, reported_attempt = t.reported_attempt + 1, first_processing_at = NULL,
            consecutive_errors = 0, lease_owner = NULL, lease_expires_at = NULL, last_error = NULL, learned_via = NULL,
            needs_review = false, result_hash = NULL, lost_since = NULL, lost_evidence = NULL, quiet_checks = 0,
            quiet_since = NULL, put_off = false, late_by_ms = NULL
        WHERE t.lease_expires_at IS NULL OR t.lease_expires_at <= $4
        """
    )
}

extension WebAppLayout {
    /// Where several students bear one task id and one of them is open or graded, it has not failed.
    fileprivate var failedStudents: Statement {
        Statement(
            "failed_students",
            """
            SELECT DISTINCT ON (s."taskId" COLLATE "C") s."taskId", s.id, s.\(studentName), t.attempt
            FROM \(students) s LEFT JOIN \(MonitorSchema.name).tasks t ON t.task_id = s."taskId"
            WHERE s."gradingSessionId" = $1 AND s.\(studentState) = 'FAILED' AND \(Self.validTaskID)
                AND NOT EXISTS (SELECT 1 FROM \(students) o WHERE o."taskId" = s."taskId" AND o.\(studentState) <> 'FAILED')
            ORDER BY s."taskId" COLLATE "C", s.id COLLATE "C"
            """
        )
    }

    /// By the change feed, which has every failure: no index of failures has to be kept with every commit.
    var failedSince: Statement {
        Statement(
            "failed_since",
            """
            WITH failed AS (
                SELECT task_id, max(at) AS at FROM \(MonitorSchema.name).changes
                WHERE at >= $1 AND kind = 'task' AND to_status = 'FAILED' GROUP BY task_id
            )
            SELECT f.task_id, s.id, s.name, coalesce(t.attempt, 1), s.session, f.at
            FROM failed f
            CROSS JOIN LATERAL (
                SELECT id, \(studentName) AS name, "gradingSessionId" AS session, \(studentState)::text AS status
                FROM \(students) WHERE "taskId" = f.task_id
                ORDER BY (\(studentState) = 'FAILED'), id COLLATE "C" LIMIT 1
            ) AS s
            LEFT JOIN \(MonitorSchema.name).tasks t ON t.task_id = f.task_id
            WHERE s.status = 'FAILED' AND coalesce(t.attempt, 1) < $2
            ORDER BY f.at, f.task_id COLLATE "C" LIMIT $3
            """
        )
    }

    fileprivate var reopenStudents: Statement {
        Statement(
            "reopen_students",
            """
            UPDATE \(students) SET \(studentState) = 'PENDING', "updatedAt" = $2, \(clearedResult) WHERE id = ANY ($1)
            """
        )
    }
}

// MARK: Rows

extension TaskSnapshot {
    fileprivate init?(failed row: ResultRow, in session: SessionID) {
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
