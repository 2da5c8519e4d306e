import GradingCore

/// The SQL of registration. Each statement takes all registrations as arrays.
struct RegistrationStatements: Sendable {
    let layout: DatabaseLayout
    let insertOwner: Statement
    let insertSessions: Statement
    let lockSessions: Statement
    let holders: Statement
    let formerHolders: Statement
    let waiting: Statement
    let failed: Statement
    let insertStudents: Statement
    let giveTasks: Statement
    let rememberFormerTasks: Statement
    let startAttempts: Statement
    let insertTasks: Statement
    let takenNumbers: Statement
    /// `nil` where the student's row holds the result.
    let forgetResults: Statement?

    init(_ layout: WebAppLayout) {
        self.layout = layout.database
        let (users, sessions, newStudents) = (
            Fillers(layout, "users", now: "$2"), Fillers(layout, "grading_sessions", now: "$6"),
            Fillers(layout, "students", now: "$6")
        )
        insertOwner = Statement(
            "insert_owner",
            """
            INSERT INTO \(layout.users) (id, email, name, "createdAt", "updatedAt"\(users.columns))
            VALUES ($1, $1 || '@localhost', $1, $2, $2\(users.values)) ON CONFLICT DO NOTHING
            """
        )
        insertSessions = Statement(
            "insert_sessions",
            """
            INSERT INTO \(layout.sessions)
                (id, title, subject, "examYear", "numStudents", \(layout.sessionState), "createdAt", "updatedAt", "userId"\(sessions.columns))
            SELECT u.*, 'PENDING', $6, $6, $7\(sessions.values) FROM unnest($1, $2, $3, $4, $5) AS u
            ON CONFLICT (id) DO NOTHING
            """
        )
        lockSessions = layout.lockSessions
        holders = Statement(
            "holders",
            """
            SELECT "taskId", id, "gradingSessionId", \(layout.studentName), "studentId" FROM \(layout.students) WHERE "taskId" = ANY ($1)
            """
        )
        formerHolders = Statement(
            "former_holders",
            """
            SELECT t.task_id, s.id, s."gradingSessionId", s.\(layout.studentName), s."studentId"
            FROM \(MonitorSchema.name).tasks t JOIN \(layout.students) s ON s.id = t.student_id WHERE t.task_id = ANY ($1)
            """
        )
        waiting = Statement(
            "waiting",
            """
            SELECT id, "gradingSessionId", "studentId" FROM \(layout.students)
            WHERE "gradingSessionId" = ANY ($1) AND \(layout.studentState) \(layout.open) AND "taskId" IS NULL AND "studentId" = ANY ($2)
            FOR NO KEY UPDATE
            """
        )
        failed = Statement(
            "failed",
            """
            SELECT s.id, s."gradingSessionId", s."studentId", s."taskId", t.attempt
            FROM \(layout.students) s LEFT JOIN \(MonitorSchema.name).tasks t ON t.task_id = s."taskId"
            WHERE s."gradingSessionId" = ANY ($1) AND s.\(layout.studentState) = 'FAILED' AND s."studentId" = ANY ($2)
            FOR NO KEY UPDATE OF s
            """
        )
        insertStudents = Statement(
            "insert_students",
            """
            INSERT INTO \(layout.students)
                (id, \(layout.studentName), "studentId", "taskId", "gradingSessionId", \(layout.studentState), "createdAt", "updatedAt"\(newStudents.columns))
            SELECT u.*, 'PENDING', $6, $6\(newStudents.values) FROM unnest($1, $2, $3, $4, $5) AS u
            """
        )
        giveTasks = Statement(
            "give_tasks",
            """
            UPDATE \(layout.students) s SET "taskId" = u.task, "updatedAt" = $3
            FROM unnest($1, $2) AS u(id, task) WHERE s.id = u.id
            """
        )
        rememberFormerTasks = Statement(
            "remember_former_tasks",
            """
            INSERT INTO \(MonitorSchema.name).tasks (task_id, student_id)
            SELECT u.task, u.student FROM unnest($1, $2) AS u(task, student) ON CONFLICT (task_id) DO NOTHING
            """
        )
        startAttempts = Statement(
            "start_attempts",
            """
            UPDATE \(layout.students) s
            SET "taskId" = u.task, \(layout.studentState) = 'PENDING', "updatedAt" = $3,
                \(layout.clearedResult)
            FROM unnest($1, $2) AS u(id, task) WHERE s.id = u.id
            """
        )
        // Replaces what is known of a task whose student the web app has deleted since, and nothing else: another instance may
        // have registered the same task in the same moment.
        insertTasks = Statement(
            "insert_tasks",
            """
            INSERT INTO \(MonitorSchema.name).tasks AS t (task_id, student_id, attempt, priority, next_check_at)
            SELECT u.task, u.student, u.attempt, coalesce(u.priority, p.priority, \(TaskRegistration.ordinaryPriority)), u.next
            FROM unnest($1, $2, $3::integer[], $4::integer[], $5) AS u(task, student, attempt, priority, next)
            JOIN \(layout.students) s ON s.id = u.student
            LEFT JOIN \(MonitorSchema.name).session_priorities p ON p.session_id = s."gradingSessionId"
            ORDER BY u.task COLLATE "C"
            ON CONFLICT (task_id) DO UPDATE
            SET student_id = excluded.student_id, attempt = excluded.attempt, priority = excluded.priority,
                reported_attempt = NULL, last_signal_at = NULL, first_processing_at = NULL,
                next_check_at = excluded.next_check_at,
                consecutive_errors = 0, lease_owner = NULL, lease_expires_at = NULL, last_error = NULL, learned_via = NULL,
                needs_review = false, result_hash = NULL, lost_since = NULL, lost_evidence = NULL, quiet_checks = 0,
                quiet_since = NULL, put_off = false, late_by_ms = NULL
            WHERE NOT EXISTS (SELECT 1 FROM \(layout.students) s WHERE s.id = t.student_id)
            """
        )
        takenNumbers = Statement(
            "taken_numbers",
            """
            SELECT "studentId" FROM \(layout.students) WHERE "studentId" = ANY ($1) ORDER BY 1 LIMIT 1
            """
        )
        forgetResults =
            layout.database.hasRawOutput
            ? nil
            : Statement("forget_results", "DELETE FROM \(MonitorSchema.name).results WHERE student_id = ANY ($1)")
    }
}
