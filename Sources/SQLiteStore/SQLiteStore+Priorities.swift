package import GradingCore
import GRDB

extension SQLiteStore {
    /// Of several students with one id an open one is meant, as everywhere.
    package func setPriority(_ priority: Int, of task: TaskID) async throws(StoreError) -> Bool {
        let status = statements.layout.studentStatus
        return try await write { db in
            try db.cachedStatement(
                sql: """
                    INSERT INTO monitor_tasks (task_id, student_id, priority)
                    SELECT taskId, id, ?2 FROM students WHERE taskId = ?1
                    ORDER BY \(status) NOT IN ('PENDING', 'PROCESSING'), id LIMIT 1
                    ON CONFLICT (task_id) DO UPDATE SET priority = excluded.priority
                    """
            ).execute(arguments: [task.rawValue, priority])
            return db.changesCount > 0
        }
    }

    package func setPriority(_ priority: Int, ofSession session: SessionID) async throws(StoreError) -> Int? {
        let status = statements.layout.studentStatus
        return try await write { db in
            try db.cachedStatement(
                sql: """
                    INSERT INTO monitor_session_priorities (session_id, priority) SELECT id, ?2 FROM grading_sessions WHERE id = ?1
                    ON CONFLICT (session_id) DO UPDATE SET priority = excluded.priority
                    """
            ).execute(arguments: [session.rawValue, priority])
            guard db.changesCount > 0 else { return nil }
            try db.cachedStatement(
                sql: """
                    INSERT INTO monitor_tasks (task_id, student_id, priority)
                    SELECT s.taskId, min(s.id), ?2 FROM students s
                    WHERE s.gradingSessionId = ?1 AND s.\(status) IN ('PENDING', 'PROCESSING') AND \(TaskID.sqlCondition("s.taskId"))
                    GROUP BY s.taskId
                    ON CONFLICT (task_id) DO UPDATE SET priority = excluded.priority WHERE priority <> excluded.priority
                    """
            ).execute(arguments: [session.rawValue, priority])
            return db.changesCount
        }
    }
}
