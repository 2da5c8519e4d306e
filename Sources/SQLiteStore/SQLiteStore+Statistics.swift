package import GradingCore
import GRDB

extension SQLiteStore {
    package func statistics() async throws(StoreError) -> MonitorStatistics {
        try await read { db in
            var statistics = MonitorStatistics()
            try statistics.countTasks(in: db)
            try statistics.countSessions(in: db)
            try statistics.countProvenance(in: db)
            statistics.averageScore = try Double.fetchOne(
                db,
                sql: "SELECT avg(percentage) FROM students WHERE status <> 'FAILED' AND percentage IS NOT NULL"
            )
            statistics.oldestPending = try OldestPendingTask.fetch(from: db)
            return statistics
        }
    }

    package func task(_ task: TaskID) async throws(StoreError) -> TaskSnapshot? {
        try await read { db in
            guard let state = try TaskState.fetch(task, from: db) else { return nil }
            let name = try String.fetchOne(
                db,
                sql: "SELECT name FROM students WHERE id = ?",
                arguments: [state.student.rawValue]
            )
            return TaskSnapshot(
                task: task,
                student: state.student,
                studentName: name ?? "",
                session: state.session,
                status: state.status,
                attempt: state.attempt
            )
        }
    }

    package func verifyWritable() async throws(StoreError) {
        do {
            try await queue.writeWithoutTransaction { db in
                // A real write, undone: `BEGIN IMMEDIATE` alone succeeds on a disk that is full.
                try db.inTransaction(.immediate) {
                    try db.execute(sql: "INSERT OR REPLACE INTO monitor_meta (key, value) VALUES ('writable', 1)")
                    return .rollback
                }
            }
        } catch {
            throw StoreError(error)
        }
    }
}

extension MonitorStatistics {
    fileprivate mutating func countTasks(in db: Database) throws {
        let rows = try Row.fetchAll(
            db,
            sql: "SELECT status, sum(taskId IS NOT NULL), count(*) FROM students GROUP BY status"
        )
        for row in rows {
            switch TaskStatus(rawValue: row[0]) {
            case .pending: pendingTasks = row[1]
            case .processing: processingTasks = row[1]
            case .failed: studentsFailed = row[2]
            case .requiresReview:
                requiresReview = row[2]
                studentsGraded += row[2]
            case .completed, .approved, .rejected: studentsGraded += row[2]
            case nil: break
            }
        }
    }

    fileprivate mutating func countSessions(in db: Database) throws {
        let rows = try Row.fetchAll(db, sql: "SELECT status, count(*) FROM grading_sessions GROUP BY status")
        for row in rows {
            sessions += row[1]
            if ["PENDING", "IN_PROGRESS"].contains(row[0] as String) { activeSessions += row[1] }
        }
    }

    fileprivate mutating func countProvenance(in db: Database) throws {
        let ended = try Row.fetchAll(
            db,
            sql: """
                SELECT t.learned_via, count(*) FROM monitor_tasks t JOIN students s ON s.taskId = t.task_id
                WHERE t.learned_via IS NOT NULL AND s.status NOT IN ('PENDING', 'PROCESSING') GROUP BY t.learned_via
                """
        )
        for row in ended {
            if let source = ReportSource(rawValue: row[0]) { endedBy[source] = row[1] }
        }
        let ledger = try Row.fetchAll(db, sql: "SELECT outcome, count(*) FROM monitor_deliveries GROUP BY outcome")
        for row in ledger {
            if let disposition = Disposition(rawValue: row[0]) { deliveries[disposition] = row[1] }
        }
    }
}

extension OldestPendingTask {
    fileprivate static func fetch(from db: Database) throws -> OldestPendingTask? {
        let createdAt = Timestamp.milliseconds(of: "createdAt")
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT taskId, name, createdAt FROM students
                WHERE status IN ('PENDING', 'PROCESSING') AND status = 'PENDING' AND taskId IS NOT NULL
                ORDER BY \(createdAt) LIMIT 1
                """
        )
        guard let row, let task = TaskID(row[0]) else { return nil }
        return OldestPendingTask(task: task, studentName: row[1], createdAt: row.timestamp(2) ?? Timestamp(milliseconds: 0))
    }
}
