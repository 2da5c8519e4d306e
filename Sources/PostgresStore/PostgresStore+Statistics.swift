package import GradingCore

extension PostgresStore {
    package func openWork() async throws(StoreError) -> OpenWork {
        try await read([layout.openTasks(), layout.activeSessions()]) { OpenWork($0[0], $0[1]) }
    }

    package func statistics() async throws(StoreError) -> MonitorStatistics {
        let queries = [
            layout.openTasks(), layout.activeSessions(), layout.studentsByStatus(), layout.endedBySource(),
            Self.deliveriesByOutcome(), layout.totals(), layout.oldestPending(), layout.lostTasks(),
            Self.failingTasks(),
        ]
        // Where there is no such status, marks stand for it.
        let marked = layout.database.hasReviewStatus ? [] : [layout.markedForReview()]
        return try await read(queries + marked) { results in
            var statistics = MonitorStatistics()
            statistics.open = OpenWork(results[0], results[1])
            statistics.countStudents(results[2])
            statistics.countProvenance(ended: results[3], deliveries: results[4])
            statistics.sessions = results[5].first?.integer(0) ?? 0
            statistics.averageScore = results[5].first?.double(1)
            statistics.oldestPending = results[6].first.flatMap(OldestPendingTask.init)
            statistics.lost = results[7].first?.integer(0) ?? 0
            statistics.failing = FailingTasks(results[8])
            if !marked.isEmpty { statistics.requiresReview = results[9].first?.integer(0) ?? 0 }
            return statistics
        }
    }

    package func task(_ task: TaskID) async throws(StoreError) -> TaskSnapshot? {
        let id = Parameter.text(task.rawValue)
        return try await read([layout.currentTask(id), layout.formerTask(id)]) { results in
            (results[0].first ?? results[1].first).flatMap { TaskSnapshot($0, task) }
        }
    }

    private static let failingTasks = Statement(
        "failing_tasks",
        """
        SELECT task_id, consecutive_errors, last_error, next_check_at, count(*) OVER () FROM \(MonitorSchema.name).tasks
        WHERE consecutive_errors > 0 AND next_check_at IS NOT NULL
        ORDER BY consecutive_errors DESC, task_id COLLATE "C" LIMIT \(FailingTasks.listed)
        """
    )

    private static let deliveriesByOutcome = Statement(
        "deliveries_by_outcome",
        """
        SELECT outcome, count(*), count(*) FILTER (WHERE has_conflict) FROM \(MonitorSchema.name).deliveries GROUP BY outcome
        """
    )
}

// MARK: SQL

extension WebAppLayout {
    var openTasks: Statement {
        Statement(
            "open_tasks",
            """
            SELECT \(studentState)::text, count(*) FROM \(students) WHERE \(studentState) \(open) AND "taskId" IS NOT NULL GROUP BY 1
            """
        )
    }

    var activeSessions: Statement {
        Statement("active_sessions", "SELECT count(*) FROM \(sessions) WHERE \(sessionState) \(active)")
    }

    fileprivate var studentsByStatus: Statement {
        Statement("students_by_status", "SELECT \(studentState)::text, count(*) FROM \(students) GROUP BY 1")
    }

    fileprivate var endedBySource: Statement {
        Statement(
            "ended_by_source",
            """
            SELECT t.learned_via, count(*) FROM \(MonitorSchema.name).tasks t JOIN \(students) s ON s."taskId" = t.task_id
            WHERE t.learned_via IS NOT NULL AND s.\(studentState) NOT \(open) GROUP BY 1
            """
        )
    }

    fileprivate var totals: Statement {
        Statement(
            "totals",
            """
            SELECT (SELECT count(*) FROM \(sessions)), (SELECT avg(percentage) FROM \(students) WHERE \(studentState) \(graded))
            """
        )
    }

    fileprivate var oldestPending: Statement {
        Statement(
            "oldest_pending",
            """
            SELECT s."taskId", s.\(studentName), s."createdAt" FROM \(students) s
            WHERE s.\(studentState) \(open) AND s.\(studentState) = 'PENDING' AND \(Self.validTaskID) ORDER BY s."createdAt" LIMIT 1
            """
        )
    }

    /// Those that would stand at REQUIRES_REVIEW if there were such a status.
    fileprivate var markedForReview: Statement {
        Statement(
            "marked_for_review",
            """
            SELECT count(*) FROM \(MonitorSchema.name).tasks t JOIN \(students) s ON s.id = t.student_id AND s."taskId" = t.task_id
            WHERE t.needs_review AND s.\(studentState) = 'COMPLETED'
            """
        )
    }

    /// Marked, still open, and without a sign of life since.
    fileprivate var lostTasks: Statement {
        Statement(
            "lost_tasks",
            """
            SELECT count(*) FROM \(MonitorSchema.name).tasks t
            WHERE t.lost_since IS NOT NULL AND (t.last_signal_at IS NULL OR t.last_signal_at <= t.lost_since)
                AND EXISTS (SELECT 1 FROM \(students) s WHERE s."taskId" = t.task_id AND s.\(studentState) \(open))
            """
        )
    }

    fileprivate var currentTask: Statement {
        Statement(
            "current_task",
            """
            SELECT s.id, s.\(studentName), s."gradingSessionId", s.\(studentState)::text, t.attempt, t.learned_via, t.late_by_ms
            FROM \(students) s LEFT JOIN \(MonitorSchema.name).tasks t ON t.task_id = s."taskId"
            WHERE s."taskId" = $1 ORDER BY s.\(studentState) NOT \(open), s.id COLLATE "C" LIMIT 1
            """
        )
    }

    fileprivate var formerTask: Statement {
        Statement(
            "former_task",
            """
            SELECT s.id, s.\(studentName), s."gradingSessionId", s.\(studentState)::text, t.attempt, t.learned_via, t.late_by_ms
            FROM \(MonitorSchema.name).tasks t JOIN \(students) s ON s.id = t.student_id WHERE t.task_id = $1
            """
        )
    }
}

// MARK: Rows

extension OpenWork {
    fileprivate init(_ tasks: QueryResult, _ sessions: QueryResult) {
        self.init(activeSessions: sessions.first?.integer(0) ?? 0)
        for row in tasks.rows {
            switch row.text(0).flatMap(TaskStatus.init) {
            case .pending: pendingTasks = row.integer(1) ?? 0
            case .processing: processingTasks = row.integer(1) ?? 0
            default: break
            }
        }
    }
}

extension MonitorStatistics {
    fileprivate mutating func countStudents(_ byStatus: QueryResult) {
        for row in byStatus.rows {
            guard let status = row.text(0).flatMap(TaskStatus.init), let students = row.integer(1) else { continue }
            if status.hasResult { studentsGraded += students }
            if status == .failed { studentsFailed = students }
            if status == .requiresReview { requiresReview = students }
        }
    }

    /// A known id that came again with another body has no row of its own in the ledger.
    fileprivate mutating func countProvenance(ended: QueryResult, deliveries byOutcome: QueryResult) {
        for row in ended.rows {
            if let source = row.text(0).flatMap(ReportSource.init) { endedBy[source] = row.integer(1) }
        }
        var otherBodies = 0
        for row in byOutcome.rows {
            if let disposition = row.text(0).flatMap(Disposition.init) { deliveries[disposition] = row.integer(1) }
            otherBodies += row.integer(2) ?? 0
        }
        if otherBodies > 0 { deliveries[.conflict, default: 0] += otherBodies }
    }
}

extension OldestPendingTask {
    fileprivate init?(_ row: ResultRow) {
        guard let task = row.text(0).flatMap(TaskID.init) else { return nil }
        self.init(
            task: task,
            studentName: row.text(1) ?? "",
            createdAt: row.timestamp(2) ?? Timestamp(milliseconds: 0)
        )
    }
}

extension FailingTasks {
    fileprivate init(_ result: QueryResult) {
        self.init()
        total = result.first?.integer(4) ?? 0
        worst = result.rows.compactMap { row in
            guard let task = row.text(0).flatMap(TaskID.init) else { return nil }
            return FailingTask(
                task: task,
                consecutiveErrors: row.integer(1) ?? 0,
                lastError: row.text(2),
                nextCheckAt: row.timestamp(3)
            )
        }
    }
}

extension TaskSnapshot {
    fileprivate init?(_ row: ResultRow, _ task: TaskID) {
        guard let student = row.text(0), let session = row.text(2), let status = row.text(3).flatMap(TaskStatus.init) else {
            return nil
        }
        self.init(
            task: task,
            student: StudentRowID(student),
            studentName: row.text(1) ?? "",
            session: SessionID(stored: session),
            status: status,
            attempt: row.integer(4) ?? 1,
            learned: row.text(5).flatMap(ReportSource.init).map {
                Learned(via: $0, lateness: row.integer(6).map { .milliseconds($0) })
            }
        )
    }
}
