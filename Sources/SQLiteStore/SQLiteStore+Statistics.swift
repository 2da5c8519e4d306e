package import GradingCore
import GRDB

extension SQLiteStore {
    package func openWork() async throws(StoreError) -> OpenWork {
        let layout = statements.layout
        return try await read { db in try OpenWork.count(in: db, layout) }
    }

    package func statistics() async throws(StoreError) -> MonitorStatistics {
        let layout = statements.layout
        return try await read { db in
            var statistics = MonitorStatistics()
            statistics.open = try OpenWork.count(in: db, layout)
            try statistics.countStudents(in: db, layout)
            try statistics.countProvenance(in: db, layout)
            statistics.sessions = try Int.fetchOne(db, sql: "SELECT count(*) FROM grading_sessions") ?? 0
            statistics.averageScore = try Double.fetchOne(
                db,
                sql: """
                    SELECT avg(percentage) FROM students
                    WHERE \(layout.studentStatus) IN ('COMPLETED', 'REQUIRES_REVIEW', 'APPROVED', 'REJECTED')
                    """
            )
            statistics.oldestPending = try OldestPendingTask.fetch(from: db, layout)
            statistics.lost = try Int.fetchOne(db, sql: layout.lostTasks) ?? 0
            statistics.failing = try FailingTasks.fetch(from: db)
            return statistics
        }
    }

    package func task(_ task: TaskID) async throws(StoreError) -> TaskSnapshot? {
        let statements = statements
        return try await read { db in try TaskSnapshot.fetch(task, from: db, statements) }
    }
}

extension TaskSnapshot {
    static func fetch(_ task: TaskID, from db: Database, _ statements: SQLiteStatements) throws -> TaskSnapshot? {
        guard let state = try TaskState.fetch(task, from: db, statements) else { return nil }
        let row = try Row.fetchOne(
            db.cachedStatement(sql: statements.layout.nameAndLateness),
            arguments: [task.rawValue, state.student.rawValue]
        )
        let lateness = row?.integer(1).map { Duration.milliseconds($0) }
        return TaskSnapshot(
            task: task,
            student: state.student,
            studentName: row?.text(0) ?? "",
            session: state.session,
            status: state.status,
            attempt: state.attempt,
            learned: state.learnedVia.map { Learned(via: $0, lateness: lateness) }
        )
    }
}

extension DatabaseLayout {
    fileprivate var nameAndLateness: String {
        """
        SELECT s.\(studentName), t.late_by_ms FROM students s LEFT JOIN monitor_tasks t ON t.task_id = ? WHERE s.id = ?
        """
    }
}

extension OpenWork {
    /// By the index of open students alone: `status IN (…)` is what tells SQLite that it applies.
    fileprivate static func count(in db: Database, _ layout: DatabaseLayout) throws -> OpenWork {
        let status = layout.studentStatus
        let tasks = try Row.fetchAll(
            db,
            sql: """
                SELECT \(status), count(*) FROM students
                WHERE \(status) IN ('PENDING', 'PROCESSING') AND taskId IS NOT NULL GROUP BY \(status)
                """
        )
        let sessions = try Int.fetchOne(
            db,
            sql: """
                SELECT count(*) FROM grading_sessions
                WHERE \(layout.sessionStatus) IN ('PENDING', '\(layout.sessionWords.word(for: .processing))')
                """
        )
        return tasks.reduce(into: OpenWork(activeSessions: sessions ?? 0)) { open, row in
            switch row.text(0).flatMap(TaskStatus.init) {
            case .pending: open.pendingTasks = row.integer(1) ?? 0
            case .processing: open.processingTasks = row.integer(1) ?? 0
            default: break
            }
        }
    }
}

extension MonitorStatistics {
    fileprivate mutating func countStudents(in db: Database, _ layout: DatabaseLayout) throws {
        for row in try Row.fetchAll(db, sql: "SELECT \(layout.studentStatus), count(*) FROM students GROUP BY 1") {
            guard let status = row.text(0).flatMap(TaskStatus.init), let students = row.integer(1) else { continue }
            if status.hasResult { studentsGraded += students }
            if status == .failed { studentsFailed = students }
            if status == .requiresReview { requiresReview = students }
        }
    }

    fileprivate mutating func countProvenance(in db: Database, _ layout: DatabaseLayout) throws {
        let ended = try Row.fetchAll(
            db,
            sql: """
                SELECT t.learned_via, count(*) FROM monitor_tasks t JOIN students s ON s.taskId = t.task_id
                WHERE t.learned_via IS NOT NULL AND s.\(layout.studentStatus) NOT IN ('PENDING', 'PROCESSING')
                GROUP BY t.learned_via
                """
        )
        for row in ended {
            if let source = row.text(0).flatMap(ReportSource.init) { endedBy[source] = row.integer(1) }
        }
        for row in try Row.fetchAll(db, sql: "SELECT outcome, count(*) FROM monitor_deliveries GROUP BY outcome") {
            if let disposition = row.text(0).flatMap(Disposition.init) { deliveries[disposition] = row.integer(1) }
        }
        // A known id that came again with another body has no row of its own.
        let otherBodies = try Int.fetchOne(db, sql: "SELECT count(*) FROM monitor_deliveries WHERE has_conflict")
        if let otherBodies, otherBodies > 0 { deliveries[.conflict, default: 0] += otherBodies }
    }
}

extension FailingTasks {
    fileprivate static func fetch(from db: Database) throws -> FailingTasks {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT task_id, consecutive_errors, last_error, next_check_at, count(*) OVER () FROM monitor_tasks
                WHERE consecutive_errors > 0 AND next_check_at IS NOT NULL
                ORDER BY consecutive_errors DESC, task_id LIMIT \(FailingTasks.listed)
                """
        )
        var failing = FailingTasks()
        failing.total = rows.first?.integer(4) ?? 0
        failing.worst = rows.compactMap { row in
            guard let task = row.text(0).flatMap(TaskID.init) else { return nil }
            return FailingTask(
                task: task,
                consecutiveErrors: row.integer(1) ?? 0,
                lastError: row.text(2),
                nextCheckAt: row.timestamp(3)
            )
        }
        return failing
    }
}

extension OldestPendingTask {
    fileprivate static func fetch(from db: Database, _ layout: DatabaseLayout) throws -> OldestPendingTask? {
        let status = layout.studentStatus
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT taskId, \(layout.studentName), createdAt FROM students
                WHERE \(status) IN ('PENDING', 'PROCESSING') AND \(status) = 'PENDING' AND \(TaskID.sqlCondition("taskId"))
                ORDER BY \(Timestamp.milliseconds(of: "createdAt")) LIMIT 1
                """
        )
        guard let row, let task = row.text(0).flatMap(TaskID.init) else { return nil }
        return OldestPendingTask(
            task: task,
            studentName: row.text(1) ?? "",
            createdAt: row.timestamp(2) ?? Timestamp(milliseconds: 0)
        )
    }
}

extension DatabaseLayout {
    /// Marked, still open, and without a sign of life since.
    fileprivate var lostTasks: String {
        """
        SELECT count(*) FROM monitor_tasks t
        WHERE t.lost_since IS NOT NULL AND (t.last_signal_at IS NULL OR t.last_signal_at <= t.lost_since)
            AND EXISTS (SELECT 1 FROM students s WHERE s.taskId = t.task_id AND s.\(studentStatus) IN ('PENDING', 'PROCESSING'))
        """
    }
}
