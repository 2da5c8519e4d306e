package import GradingCore

extension PostgresStore {
    package func setPriority(_ priority: Int, of task: TaskID) async throws(StoreError) -> Bool {
        let query = layout.setTaskPriority(.text(task.rawValue), .integer(priority))
        return try await write { (transaction) throws(PostgresError) in try transaction.commit([query])[0].changedRows > 0 }
    }

    package func setPriority(_ priority: Int, ofSession session: SessionID) async throws(StoreError) -> Int? {
        let parameters = [Parameter.text(session.rawValue), .integer(priority)]
        let (remember, change) = (
            layout.setSessionPriority(parameters[0], parameters[1]), layout.setOpenPriorities(parameters[0], parameters[1])
        )
        return try await write { (transaction) throws(PostgresError) in
            let results = try transaction.commit([remember, change])
            return results[0].changedRows > 0 ? results[1].changedRows : nil
        }
    }
}

// MARK: SQL

extension WebAppLayout {
    /// Of several students with one id an open one is meant, as everywhere.
    var setTaskPriority: Statement {
        Statement(
            "set_task_priority",
            """
            INSERT INTO \(MonitorSchema.name).tasks (task_id, student_id, priority)
            SELECT s."taskId", s.id, $2 FROM \(students) s WHERE s."taskId" = $1
            ORDER BY s.\(studentState) NOT \(open), s.id COLLATE "C" LIMIT 1
            ON CONFLICT (task_id) DO UPDATE SET priority = excluded.priority
            """
        )
    }

    var setSessionPriority: Statement {
        Statement(
            "set_session_priority",
            """
            INSERT INTO \(MonitorSchema.name).session_priorities (session_id, priority)
            SELECT id, $2 FROM \(sessions) WHERE id = $1
            ON CONFLICT (session_id) DO UPDATE SET priority = excluded.priority
            """
        )
    }

    /// In the order in which `apply` locks tasks.
    var setOpenPriorities: Statement {
        Statement(
            "set_open_priorities",
            """
            INSERT INTO \(MonitorSchema.name).tasks AS t (task_id, student_id, priority)
            SELECT DISTINCT ON (s."taskId" COLLATE "C") s."taskId", s.id, $2
            FROM \(students) s WHERE s."gradingSessionId" = $1 AND s.\(studentState) \(open) AND \(Self.validTaskID)
            ORDER BY s."taskId" COLLATE "C", s.id COLLATE "C"
            ON CONFLICT (task_id) DO UPDATE SET priority = excluded.priority WHERE t.priority <> excluded.priority
            """
        )
    }
}
