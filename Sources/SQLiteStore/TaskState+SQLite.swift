import GradingCore
import GRDB

extension TaskState {
    /// Reads one task: the student that bears its id now, or the one that bore it before a later attempt.
    static func fetch(_ task: TaskID, from db: Database) throws -> TaskState? {
        let current = try db.cachedStatement(
            sql: """
                SELECT s.id, s.gradingSessionId, s.status, s.gradedAt, t.attempt, t.result_hash, t.last_signal_at,
                       t.first_processing_at, t.learned_via
                FROM students s LEFT JOIN monitor_tasks t ON t.task_id = s.taskId
                WHERE s.taskId = ? LIMIT 1
                """
        )
        if let row = try Row.fetchOne(current, arguments: [task.rawValue]) {
            return TaskState(task, row, isSuperseded: false)
        }
        let former = try db.cachedStatement(
            sql: """
                SELECT s.id, s.gradingSessionId, s.status, s.gradedAt, t.attempt, t.result_hash, t.last_signal_at,
                       t.first_processing_at, t.learned_via
                FROM monitor_tasks t JOIN students s ON s.id = t.student_id
                WHERE t.task_id = ?
                """
        )
        return try Row.fetchOne(former, arguments: [task.rawValue]).flatMap { TaskState(task, $0, isSuperseded: true) }
    }

    private init?(_ task: TaskID, _ row: Row, isSuperseded: Bool) {
        guard let status = TaskStatus(rawValue: row[2]) else { return nil }
        self.init(
            task: task,
            student: StudentRowID(row[0]),
            session: SessionID(stored: row[1]),
            status: status,
            attempt: row[4] ?? 1,
            isSuperseded: isSuperseded,
            resultHash: row.bytes(5),
            lastSignalAt: row.timestamp(6),
            firstProcessingAt: row.timestamp(7),
            gradedAt: row.timestamp(3),
            learnedVia: (row[8] as String?).flatMap(ReportSource.init)
        )
    }
}

extension TaskWrite {
    func write(to db: Database, at now: Timestamp) throws {
        if let move {
            try writeStudent(move, to: db, at: now)
        }
        try writeTask(to: db)
    }

    private func writeStudent(_ move: TaskMove, to db: Database, at now: Timestamp) throws {
        let result = move.result
        let percentage = result.flatMap(\.percentage)
        try db.cachedStatement(
            sql: """
                UPDATE students SET status = ?, gradedAt = ?, updatedAt = ?, totalScore = coalesce(?, totalScore),
                    maxScore = coalesce(?, maxScore), percentage = coalesce(?, percentage),
                    rawGradingOutput = coalesce(?, rawGradingOutput)
                WHERE id = ?
                """
        ).execute(
            arguments: [
                state.status.rawValue, state.gradedAt?.milliseconds, now.milliseconds, result?.totalScore, result?.maxScore,
                percentage, result.map { String(decoding: $0.raw, as: UTF8.self) }, state.student.rawValue,
            ]
        )
    }

    private func writeTask(to db: Database) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO monitor_tasks (task_id, student_id, last_signal_at, first_processing_at, learned_via, result_hash,
                    needs_review, last_error)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (task_id) DO UPDATE SET last_signal_at = excluded.last_signal_at,
                    first_processing_at = excluded.first_processing_at, learned_via = excluded.learned_via,
                    result_hash = excluded.result_hash, needs_review = excluded.needs_review, last_error = excluded.last_error
                """
        ).execute(
            arguments: [
                state.task.rawValue, state.student.rawValue, state.lastSignalAt?.milliseconds,
                state.firstProcessingAt?.milliseconds, state.learnedVia?.rawValue, state.resultHash?.databaseValue,
                move?.needsReview ?? false, move?.error,
            ]
        )
    }
}
