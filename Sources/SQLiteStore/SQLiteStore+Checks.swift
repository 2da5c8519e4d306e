package import GradingCore
import GRDB

extension SQLiteStore {
    package func claimDueTasks(_ claim: ClaimRequest) async throws(StoreError) -> [ClaimedTask] {
        try await write { db in
            try Row.fetchAll(
                db.cachedStatement(sql: Self.dueTasks),
                arguments: [claim.now.milliseconds, claim.grace.milliseconds, claim.limit]
            ).compactMap { row in
                guard let task = row.text(0).flatMap(TaskID.init), let student = row.text(1),
                    let status = row.text(2).flatMap(TaskStatus.init)
                else { return nil }
                try claim.lease(task, of: StudentRowID(student), in: db)
                return ClaimedTask(task: task, owner: claim.owner, consecutiveErrors: row.integer(3) ?? 0, status: status)
            }
        }
    }

    /// Open tasks whose last signal (for rows that the web app wrote: whose last update) is older than the grace, whose backoff is
    /// over and that nobody has leased. Ids outside our grammar can be neither asked about nor reported, so they are left alone.
    private static let dueTasks = """
        SELECT s.taskId, s.id, s.status, t.consecutive_errors,
               max(coalesce(t.last_signal_at, \(Timestamp.milliseconds(of: "s.updatedAt"))) + ?2, coalesce(t.next_check_at, 0)) AS due
        FROM students s LEFT JOIN monitor_tasks t ON t.task_id = s.taskId
        WHERE s.status IN ('PENDING', 'PROCESSING')
          AND \(TaskID.sqlCondition("s.taskId"))
          AND (t.lease_expires_at IS NULL OR t.lease_expires_at <= ?1)
          AND due <= ?1
        GROUP BY s.taskId
        ORDER BY due
        LIMIT ?3
        """

    package func claimTask(_ task: TaskID, _ claim: ClaimRequest) async throws(StoreError) -> SingleClaim {
        try await write { db in
            guard let state = try TaskState.fetch(task, from: db) else { return .noSuchTask }
            if state.isSuperseded || state.status.hasResult { return .settled(state.status) }
            let row = try Row.fetchOne(
                db.cachedStatement(
                    sql: "SELECT consecutive_errors, coalesce(lease_expires_at, 0) FROM monitor_tasks WHERE task_id = ?"
                ),
                arguments: [task.rawValue]
            )
            if let expiry = row?.timestamp(1), expiry > claim.now { return .leasedElsewhere(state.status) }
            try claim.lease(task, of: state.student, in: db)
            return .claimed(
                ClaimedTask(task: task, owner: claim.owner, consecutiveErrors: row?.integer(0) ?? 0, status: state.status)
            )
        }
    }

    package func recordAnsweredCheck(_ task: ClaimedTask, nextCheckAt: Timestamp) async throws(StoreError) {
        try await write { db in
            try db.cachedStatement(
                sql: """
                    UPDATE monitor_tasks SET next_check_at = ?, consecutive_errors = 0, lease_owner = NULL, lease_expires_at = NULL
                    WHERE task_id = ? AND lease_owner = ?
                    """
            ).execute(arguments: [nextCheckAt.milliseconds, task.task.rawValue, task.owner])
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
        try await write { db in
            let claim = failure.claim
            try db.cachedStatement(
                sql: """
                    UPDATE monitor_tasks SET next_check_at = ?, consecutive_errors = consecutive_errors + 1, last_error = ?,
                        lease_owner = NULL, lease_expires_at = NULL
                    WHERE task_id = ? AND lease_owner = ?
                    """
            ).execute(arguments: [failure.nextCheckAt.milliseconds, failure.reason, claim.task.rawValue, claim.owner])
            guard db.changesCount > 0, let state = try TaskState.fetch(claim.task, from: db) else { return }
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
    fileprivate func lease(_ task: TaskID, of student: StudentRowID, in db: Database) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO monitor_tasks (task_id, student_id, lease_owner, lease_expires_at) VALUES (?, ?, ?, ?)
                ON CONFLICT (task_id) DO UPDATE
                SET student_id = excluded.student_id, lease_owner = excluded.lease_owner, lease_expires_at = excluded.lease_expires_at
                """
        ).execute(arguments: [task.rawValue, student.rawValue, owner, leaseExpiresAt.milliseconds])
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
