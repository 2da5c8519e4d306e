package import GradingCore
import GRDB

extension SQLiteStore {
    package func student(of task: TaskID) async throws(StoreError) -> StudentRecord? {
        let statements = statements
        return try await read { db in
            guard let snapshot = try TaskSnapshot.fetch(task, from: db, statements),
                let row = try Row.fetchOne(
                    db.cachedStatement(sql: statements.layout.studentOfTask),
                    arguments: [snapshot.student.rawValue, task.rawValue]
                )
            else { return nil }
            return StudentRecord(snapshot, row)
        }
    }

    package func logs(
        of session: SessionID,
        student: String,
        limit: Int,
        before: LogCursor?
    ) async throws(StoreError) -> [SessionLog]? {
        try await read { db in
            guard try db.exists(session) else { return nil }
            return try Row.fetchAll(
                db.cachedStatement(sql: Self.logsOfStudent),
                arguments: [session.rawValue, before?.createdAt.milliseconds, before?.id ?? "", limit, student]
            ).map(SessionLog.init)
        }
    }

    private static let logsOfStudent = """
        WITH who (name) AS (
            SELECT ?5
            UNION SELECT id FROM students WHERE gradingSessionId = ?1 AND (id = ?5 OR studentId = ?5)
            UNION SELECT studentId FROM students WHERE gradingSessionId = ?1 AND (id = ?5 OR studentId = ?5)
        )
        SELECT id, level, message, context, studentId, metadata, createdAt FROM session_logs
        WHERE gradingSessionId = ?1 AND studentId IN (SELECT name FROM who)
            AND (?2 IS NULL OR \(Timestamp.milliseconds(of: "createdAt")) < ?2
                OR (\(Timestamp.milliseconds(of: "createdAt")) = ?2 AND id < ?3))
        ORDER BY \(Timestamp.milliseconds(of: "createdAt")) DESC, id DESC LIMIT ?4
        """
}

extension StudentRecord {
    /// - Parameter row: of `studentOfTask`.
    fileprivate init(_ snapshot: TaskSnapshot, _ row: Row) {
        self.init(task: snapshot)
        studentID = row.text(0)
        totalScore = row.double(1)
        maxScore = row.double(2)
        percentage = row.double(3)
        createdAt = row.timestamp(4)
        updatedAt = row.timestamp(5)
        gradedAt = row.timestamp(6)
        rawResult = row.text(7)
        lastError = row.text(8)
        loss = Loss(evidence: row.text(10), since: row.timestamp(9))
    }
}

extension DatabaseLayout {
    fileprivate var studentOfTask: String {
        """
        SELECT s.studentId, s.totalScore, s.\(studentMaximum), s.percentage, s.createdAt, s.updatedAt, s.gradedAt,
            \(hasRawOutput ? "s.rawGradingOutput" : "r.result"), t.last_error, t.lost_since, t.lost_evidence
        FROM students s LEFT JOIN monitor_tasks t ON t.task_id = ?2
            \(hasRawOutput ? "" : "LEFT JOIN monitor_results r ON r.student_id = s.id")
        WHERE s.id = ?1
        """
    }
}
