package import GradingCore

extension PostgresStore {
    package func claimDueTasks(_ claim: ClaimRequest) async throws(StoreError) -> [ClaimedTask] {
        let query = layout.claimDueTasks(
            .timestamp(claim.now),
            .double(claim.grace / .milliseconds(1)),
            .integer(claim.limit),
            .text(claim.owner),
            .timestamp(claim.leaseExpiresAt)
        )
        return try await write { (transaction) throws(PostgresError) in
            try transaction.commit([query])[0].rows.compactMap { ClaimedTask($0, owner: claim.owner) }
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
                .timestamp(claim.now)
            )
            guard let row = try transaction.commit([lease])[0].first else { return .leasedElsewhere(state.status) }
            return .claimed(
                ClaimedTask(
                    task: task,
                    owner: claim.owner,
                    consecutiveErrors: row.integer(0) ?? 0,
                    status: state.status
                )
            )
        }
    }

    package func recordAnsweredCheck(_ task: ClaimedTask, nextCheckAt: Timestamp) async throws(StoreError) {
        let query = Self.recordAnswer(.text(task.task.rawValue), .text(task.owner), .timestamp(nextCheckAt))
        try await write { (transaction) throws(PostgresError) in _ = try transaction.commit([query]) }
    }

    package func release(_ tasks: [ClaimedTask]) async throws(StoreError) {
        let sorted = tasks.sorted { $0.task < $1.task }
        let query = Self.releaseLeases(.texts(sorted.map(\.task.rawValue)), .texts(sorted.map(\.owner)))
        try await write { (transaction) throws(PostgresError) in _ = try transaction.commit([query]) }
    }

    package func recordFailedCheck(_ failure: CheckFailure, at now: Timestamp) async throws(StoreError) {
        let (applying, claim) = (applying, failure.claim)
        let record = Self.recordFailure(
            .text(claim.task.rawValue),
            .text(claim.owner),
            .timestamp(failure.nextCheckAt),
            .text(failure.reason)
        )
        try await write { (transaction) throws(PostgresError) in
            guard try transaction.run([record])[0].changedRows > 0 else { return }
            let state = try TaskState.find(claim.task, in: &transaction, applying)
            // A callback has ended the task meanwhile: the failure says nothing about it any more.
            guard let state, state.status.isOpen || state.status == claim.status else {
                try transaction.commit()
                return
            }
            let log = LogWrite(
                session: state.session,
                student: state.student,
                level: .error,
                message: "Task \(claim.task): check failed: \(failure.reason)",
                source: failure.source
            )
            try transaction.commit([applying.insertLogs([log], at: now)])
        }
    }
}

// MARK: SQL

extension PostgresStore {
    private static let recordAnswer = Statement(
        "record_answer",
        """
        UPDATE \(MonitorSchema.name).tasks
        SET next_check_at = $3, consecutive_errors = 0, lease_owner = NULL, lease_expires_at = NULL
        WHERE task_id = $1 AND lease_owner = $2
        """
    )

    private static let releaseLeases = Statement(
        "release_leases",
        """
        UPDATE \(MonitorSchema.name).tasks t SET lease_owner = NULL, lease_expires_at = NULL
        FROM unnest($1, $2) AS u(task, owner) WHERE t.task_id = u.task AND t.lease_owner = u.owner
        """
    )

    private static let recordFailure = Statement(
        "record_failure",
        """
        UPDATE \(MonitorSchema.name).tasks
        SET next_check_at = $3, consecutive_errors = consecutive_errors + 1, last_error = $4,
            lease_owner = NULL, lease_expires_at = NULL
        WHERE task_id = $1 AND lease_owner = $2
        """
    )
}

extension WebAppLayout {
    /// 1. Open tasks whose last signal (for rows that the web app wrote: whose last update) is older than the grace, whose backoff is
    ///    over and that nobody has leased, most overdue first. Ids outside our grammar can be neither asked about nor reported.
    ///    What another claim holds at this moment is passed over.
    /// 2. The lease is written only where it is still free: another claim may have been committed since the first step looked.
    var claimDueTasks: Statement {
        Statement(
            "claim_due_tasks",
            """
            WITH due AS (
                SELECT s."taskId" AS task, s.id AS student, s.status::text AS status, due.at
                FROM \(students) s
                LEFT JOIN \(MonitorSchema.name).tasks t ON t.task_id = s."taskId"
                CROSS JOIN LATERAL (
                    SELECT greatest(coalesce(t.last_signal_at, s."updatedAt") + $2 * interval '1 millisecond', t.next_check_at) AS at
                ) AS due
                WHERE s.status \(open) AND \(Self.validTaskID)
                    AND (t.lease_expires_at IS NULL OR t.lease_expires_at <= $1) AND due.at <= $1
                ORDER BY due.at LIMIT $3
                FOR NO KEY UPDATE OF s SKIP LOCKED
            ), claimed AS (
                INSERT INTO \(MonitorSchema.name).tasks AS t (task_id, student_id, lease_owner, lease_expires_at)
                SELECT DISTINCT ON (task) task, student, $4, $5 FROM due ORDER BY task, student
                ON CONFLICT (task_id) DO UPDATE
                SET student_id = excluded.student_id, lease_owner = excluded.lease_owner,
                    lease_expires_at = excluded.lease_expires_at
                WHERE t.lease_expires_at IS NULL OR t.lease_expires_at <= $1
                RETURNING t.task_id, t.student_id, t.consecutive_errors
            )
            SELECT c.task_id, due.status, c.consecutive_errors
            FROM claimed c JOIN due ON due.task = c.task_id AND due.student = c.student_id ORDER BY due.at
            """
        )
    }

    /// No row comes back when another owner's lease stands.
    var claimTask: Statement {
        Statement(
            "claim_task",
            """
            INSERT INTO \(MonitorSchema.name).tasks AS t (task_id, student_id, lease_owner, lease_expires_at)
            VALUES ($1, $2, $3, $4)
            ON CONFLICT (task_id) DO UPDATE
            SET student_id = excluded.student_id, lease_owner = excluded.lease_owner, lease_expires_at = excluded.lease_expires_at
            WHERE t.lease_expires_at IS NULL OR t.lease_expires_at <= $5
            RETURNING t.consecutive_errors
            """
        )
    }

    /// Within the grammar of ids: see ``TaskID``.
    static let validTaskID = #"s."taskId" COLLATE "C" ~ '^[A-Za-z0-9._-]{1,128}$' AND s."taskId" NOT IN ('.', '..')"#
}

extension TaskState {
    /// The student that bears the id now, else the one that bore it before a later attempt.
    static func find(
        _ task: TaskID,
        in transaction: inout Transaction,
        _ statements: ApplyStatements
    ) throws(PostgresError) -> TaskState? {
        let id = Parameter.texts([task.rawValue])
        let results = try transaction.run([statements.tasks(id), statements.formerTasks(id)])
        return results[0].rows.lazy.compactMap { TaskState($0, isSuperseded: false) }.first
            ?? results[1].first.flatMap { TaskState($0, isSuperseded: true) }
    }
}

extension ClaimedTask {
    fileprivate init?(_ row: ResultRow, owner: String) {
        guard let task = row.text(0).flatMap(TaskID.init), let status = row.text(1).flatMap(TaskStatus.init) else { return nil }
        self.init(task: task, owner: owner, consecutiveErrors: row.integer(2) ?? 0, status: status)
    }
}
