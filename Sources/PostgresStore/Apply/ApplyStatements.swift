import GradingCore

/// The SQL of the one way in. Each statement takes a whole batch as arrays.
struct ApplyStatements: Sendable {
    /// Locks the sessions of these tasks and the students who bear them, and reads both.
    let lockBearers: Statement
    /// Locks and reads the students alone.
    let bearers: Statement
    /// What the monitor itself keeps of tasks.
    let records: Statement
    let formerTasks: Statement
    let sessionsOfTasks: Statement
    let freeSessions: Statement
    let freeStudents: Statement
    let deliveries: Statement
    let insertDeliveries: Statement
    let settleDeliveries: Statement
    let markConflicts: Statement
    let updateStudents: Statement
    let updateTasks: Statement
    let insertTasks: Statement
    let insertLogs: Statement
    /// The same for sessions that are locked, so that their owners are known: these are $8.
    let insertOwnedLogs: Statement
    let insertChanges: Statement
    let insertKeys: Statement
    let updateKeys: Statement
    /// Whether a student can stand at REQUIRES_REVIEW here.
    let hasReviewStatus: Bool
    let parts: PartStatements
    let rollUp: RollUpStatements

    init(_ layout: WebAppLayout) {
        // Several students may bear one task id in the web app's first generation.
        let bearersOfTasks = """
            SELECT s."taskId", s.id, s."gradingSessionId", s.\(layout.studentState)::text, s."gradedAt", g.\(layout.sessionState)::text,
                g."userId", s.ctid
            FROM \(layout.students) s JOIN \(layout.sessions) g ON g.id = s."gradingSessionId"
            WHERE s."taskId" = ANY ($1) ORDER BY g.id COLLATE "C", s.id COLLATE "C"
            """
        // Two instances that end a session's last two students would each miss the other: the session's row is the lock.
        // `NO KEY`: the web app may still add students and logs to it. What comes back is what was committed when the locks
        // were had, for the locked rows alone (manual, 13.2.1): all else is read by later statements.
        lockBearers = Statement("lock_bearers", bearersOfTasks + " FOR NO KEY UPDATE OF g, s")
        bearers = Statement("bearers", bearersOfTasks + " FOR NO KEY UPDATE OF s")
        records = Statement(
            "records",
            "SELECT t.task_id, \(TaskRecord.columns) FROM \(MonitorSchema.name).tasks t WHERE t.task_id = ANY ($1)"
        )
        formerTasks = Statement(
            "former_tasks",
            """
            SELECT t.task_id, s.id, s."gradingSessionId", s.\(layout.studentState)::text, s."gradedAt", \(TaskRecord.columns)
            FROM \(MonitorSchema.name).tasks t
            JOIN \(layout.students) s ON s.id = t.student_id JOIN \(layout.sessions) g ON g.id = s."gradingSessionId"
            WHERE t.task_id = ANY ($1)
            """
        )
        sessionsOfTasks = Statement(
            "sessions_of_tasks",
            """
            SELECT "taskId", "gradingSessionId" FROM \(layout.students) WHERE "taskId" = ANY ($1)
            """
        )
        freeSessions = Statement(
            "free_sessions",
            """
            SELECT id FROM \(layout.sessions)
            WHERE id IN (SELECT "gradingSessionId" FROM \(layout.students) WHERE "taskId" = ANY ($1))
            FOR NO KEY UPDATE SKIP LOCKED
            """
        )
        freeStudents = Statement(
            "free_students",
            """
            SELECT "taskId" FROM \(layout.students) WHERE "taskId" = ANY ($1) FOR NO KEY UPDATE SKIP LOCKED
            """
        )
        deliveries = Statement(
            "deliveries",
            """
            SELECT delivery_id, body_hash, task_id, outcome, has_conflict
            FROM \(MonitorSchema.name).deliveries WHERE delivery_id = ANY ($1)
            """
        )
        insertDeliveries = Statement(
            "insert_deliveries",
            """
            INSERT INTO \(MonitorSchema.name).deliveries (delivery_id, body_hash, task_id, key_id, outcome, report, received_at)
            SELECT d.*, $7
            FROM \(Statement.rows(["id": 1, "hash": 2, "task": 3, "key": 4, "outcome": 5, "report": 6])) AS d
            """
        )
        settleDeliveries = Statement(
            "settle_deliveries",
            """
            UPDATE \(MonitorSchema.name).deliveries d SET outcome = u.outcome, report = NULL
            FROM unnest($1, $2) AS u(id, outcome) WHERE d.delivery_id = u.id
            """
        )
        markConflicts = Statement(
            "mark_conflicts",
            "UPDATE \(MonitorSchema.name).deliveries SET has_conflict = true WHERE delivery_id = ANY ($1)"
        )
        let moves = Statement.rows([
            "id": 1, "status": 2, "graded_at": 3, "total": 4, "maximum": 5, "percentage": 6, "raw": 7, "word": 9, "place": 10,
        ])
        // All of a result or nothing of it: scores of two reports are never mixed. The rows are locked, so that they stay where
        // they were found, and need not be looked for again.
        updateStudents = Statement(
            "update_students",
            """
            \(layout.keepingResults)UPDATE \(layout.students) s
            SET \(layout.studentState) = u.status::\(layout.gradingStatus), "gradedAt" = u.graded_at, "updatedAt" = $8,
                "totalScore" = CASE WHEN u.raw IS NULL THEN s."totalScore" ELSE u.total END,
                \(layout.studentMaximum) = CASE WHEN u.raw IS NULL THEN s.\(layout.studentMaximum) ELSE u.maximum END,
                percentage = CASE WHEN u.raw IS NULL THEN s.percentage ELSE u.percentage END\(layout.resultAssignments)
            FROM \(moves) AS u WHERE s.ctid = u.place AND s.id = u.id
            """
        )
        let taskWrites = Statement.rows([
            "task": 1, "student": 2, "signal": 3, "processing": 4, "via": 5, "hash": 6, "attempt": 7, "moved": 8, "review": 9,
            "error": 10, "next": 11,
        ])
        // Not an upsert where the row is known: that would lock it first, which is written to the log as well.
        updateTasks = Statement(
            "update_tasks",
            """
            UPDATE \(MonitorSchema.name).tasks t
            SET student_id = u.student, last_signal_at = u.signal, first_processing_at = u.processing, learned_via = u.via,
                result_hash = u.hash, reported_attempt = u.attempt, next_check_at = u.next,
                needs_review = CASE WHEN u.moved THEN u.review ELSE t.needs_review END,
                last_error = CASE WHEN u.moved THEN u.error ELSE t.last_error END
            FROM \(taskWrites) AS u WHERE t.task_id = u.task
            """
        )
        // A claim may have made the row in the meantime.
        insertTasks = Statement(
            "insert_tasks",
            """
            INSERT INTO \(MonitorSchema.name).tasks AS t (task_id, student_id, last_signal_at, first_processing_at, learned_via,
                result_hash, reported_attempt, needs_review, last_error, next_check_at)
            SELECT u.task, u.student, u.signal, u.processing, u.via, u.hash, u.attempt, u.moved AND u.review, u.error, u.next
            FROM \(taskWrites) AS u
            ON CONFLICT (task_id) DO UPDATE
            SET student_id = excluded.student_id, last_signal_at = excluded.last_signal_at,
                first_processing_at = excluded.first_processing_at, learned_via = excluded.learned_via,
                result_hash = excluded.result_hash, reported_attempt = excluded.reported_attempt,
                needs_review = excluded.needs_review, last_error = excluded.last_error, next_check_at = excluded.next_check_at
            """
        )
        // The log's row belongs to the user who owns the session.
        insertOwnedLogs = Statement(
            "insert_owned_logs",
            """
            INSERT INTO \(layout.logTable) (id, level, message, context, "studentId", "createdAt", "gradingSessionId", "userId")
            SELECT l.id, l.level::\(layout.logLevel), l.message, l.context, l.student, $7, l.session, l.owner
            FROM \(Statement.rows(["id": 1, "level": 2, "message": 3, "context": 4, "student": 5, "session": 6, "owner": 8])) AS l
            """
        )
        insertLogs = Statement(
            "insert_logs",
            """
            INSERT INTO \(layout.logTable) (id, level, message, context, "studentId", "createdAt", "gradingSessionId", "userId")
            SELECT l.id, l.level::\(layout.logLevel), l.message, l.context, l.student, $7, g.id, g."userId"
            FROM \(Statement.rows(["id": 1, "level": 2, "message": 3, "context": 4, "student": 5, "session": 6])) AS l
            JOIN \(layout.sessions) g ON g.id = l.session
            """
        )
        // In the arrays' order, which becomes that of the feed.
        insertChanges = Statement(
            "insert_changes",
            """
            INSERT INTO \(MonitorSchema.name).changes (kind, task_id, student_id, session_id, from_status, to_status, source, at)
            SELECT 'task', c.task, c.student, c.session, c.old, c.new, c.source, $7
            FROM \(Statement.rows(["task": 1, "student": 2, "session": 3, "old": 4, "new": 5, "source": 6])) AS c
            """
        )
        // Not an upsert: that would lock the row of a busy key, and make all instances wait for each other's commits.
        insertKeys = Statement(
            "insert_keys",
            "INSERT INTO \(MonitorSchema.name).keys (key_id, last_used_at) SELECT unnest($1), $2 ON CONFLICT DO NOTHING"
        )
        updateKeys = Statement(
            "update_keys",
            """
            UPDATE \(MonitorSchema.name).keys SET last_used_at = $2
            WHERE key_id = ANY ($1) AND last_used_at < $2 - interval '1 minute'
            """
        )
        hasReviewStatus = layout.database.hasReviewStatus
        parts = PartStatements(layout)
        rollUp = RollUpStatements(layout)
    }
}
