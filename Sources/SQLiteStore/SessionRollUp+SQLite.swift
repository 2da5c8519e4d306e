import GradingCore
import GRDB

/// Reading where a session's students stand, and writing what follows.
struct RollUpStatements: Sendable {
    /// The session's status, and who is among its students: probes of the index on (session, status, task id), each of which ends
    /// at the first entry.
    fileprivate let standing: String
    fileprivate let update: String
    /// `nil` where sessions have no scores.
    fileprivate let updateScores: String?

    init(_ layout: DatabaseLayout) {
        let student = layout.studentStatus
        standing = """
            SELECT \(layout.sessionStatus),
                EXISTS (SELECT 1 FROM students WHERE gradingSessionId = ?1 AND \(student) = 'PENDING')
                OR EXISTS (SELECT 1 FROM students WHERE gradingSessionId = ?1 AND \(student) = 'PROCESSING' AND taskId IS NULL),
                EXISTS (SELECT 1 FROM students WHERE gradingSessionId = ?1 AND \(student) = 'PROCESSING' AND taskId > ''),
                EXISTS (SELECT 1 FROM students WHERE gradingSessionId = ?1 AND \(student) = 'FAILED'),
                EXISTS (SELECT 1 FROM students WHERE gradingSessionId = ?1
                        AND \(student) IN ('COMPLETED', 'REQUIRES_REVIEW', 'APPROVED', 'REJECTED'))
            FROM grading_sessions WHERE id = ?1
            """
        update = """
            UPDATE grading_sessions SET \(layout.sessionStatus) = ?1, updatedAt = ?2,
                startedAt = CASE ?1 WHEN 'PENDING' THEN startedAt ELSE coalesce(startedAt, ?2) END,
                completedAt = CASE ?1 WHEN 'COMPLETED' THEN ?2 END
            WHERE id = ?3
            """
        updateScores =
            !layout.hasSessionScores
            ? nil
            : """
            UPDATE grading_sessions
            SET averageScore = s.average, highestScore = s.highest, lowestScore = s.lowest, passingRate = s.passing,
                updatedAt = ?2
            FROM (
                SELECT avg(percentage) AS average, max(percentage) AS highest, min(percentage) AS lowest,
                       avg(percentage >= ?3) * 100 AS passing
                FROM students WHERE gradingSessionId = ?1 AND percentage IS NOT NULL
                    AND \(student) IN ('COMPLETED', 'REQUIRES_REVIEW', 'APPROVED', 'REJECTED')
            ) AS s
            WHERE id = ?1 AND (averageScore, highestScore, lowestScore, passingRate)
                IS NOT (s.average, s.highest, s.lowest, s.passing)
            """
    }
}

extension SessionRollUp {
    /// Puts one session right from its students; returns whether its status changed.
    @discardableResult
    static func rollUp(
        _ session: SessionID,
        in db: Database,
        _ statements: SQLiteStatements,
        at now: Timestamp
    ) throws -> Bool {
        let words = statements.layout.sessionWords
        let standing = try db.cachedStatement(sql: statements.rollUp.standing)
        guard let row = try Row.fetchOne(standing, arguments: [session.rawValue]), let current = row.text(0).flatMap(words.status)
        else { return false }
        let next = status(of: StudentPresence(row), current: current)
        if next != current {
            // `startedAt` is set once; `completedAt` holds only while the session is COMPLETED.
            try db.cachedStatement(sql: statements.rollUp.update)
                .execute(arguments: [words.word(for: next), now.milliseconds, session.rawValue])
            try recordChange(of: session, from: words.word(for: current), to: words.word(for: next), in: db, at: now)
        }
        if next == .completed, let updateScores = statements.rollUp.updateScores {
            // In percent, from the students that ended with a result; only what differs is written.
            try db.cachedStatement(sql: updateScores).execute(arguments: [session.rawValue, now.milliseconds, passMark])
        }
        return next != current
    }

    private static func recordChange(
        of session: SessionID,
        from old: String,
        to new: String,
        in db: Database,
        at now: Timestamp
    ) throws {
        try db.cachedStatement(
            sql: "INSERT INTO monitor_changes (kind, session_id, from_status, to_status, at) VALUES ('session', ?, ?, ?, ?)"
        ).execute(arguments: [session.rawValue, old, new, now.milliseconds])
    }
}

extension StudentPresence {
    /// - Parameter row: of ``RollUpStatements/standing``.
    fileprivate init(_ row: Row) {
        self.init(pending: row.flag(1), processing: row.flag(2), failed: row.flag(3), graded: row.flag(4))
    }
}
