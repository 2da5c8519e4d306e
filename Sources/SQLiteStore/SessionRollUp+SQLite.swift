import GradingCore
import GRDB

extension SessionRollUp {
    /// Puts one session right from its students; returns whether its status changed.
    @discardableResult
    static func rollUp(_ session: SessionID, in db: Database, at now: Timestamp) throws -> Bool {
        guard let current = try status(of: session, in: db) else { return false }
        let next = status(of: try StudentPresence.fetch(session, from: db), current: current)
        if next != current {
            try write(next, of: session, in: db, at: now)
            try recordChange(of: session, from: current, to: next, in: db, at: now)
        }
        if next == .completed {
            try writeScores(of: session, in: db, at: now)
        }
        return next != current
    }

    private static func status(of session: SessionID, in db: Database) throws -> SessionStatus? {
        let statement = try db.cachedStatement(sql: "SELECT status FROM grading_sessions WHERE id = ?")
        return try Row.fetchOne(statement, arguments: [session.rawValue])?.text(0)
            .flatMap(SessionWords.firstGeneration.status)
    }

    /// `startedAt` is set once; `completedAt` holds only while the session is COMPLETED.
    private static func write(_ status: SessionStatus, of session: SessionID, in db: Database, at now: Timestamp) throws {
        try db.cachedStatement(
            sql: """
                UPDATE grading_sessions SET status = ?1, updatedAt = ?2,
                    startedAt = CASE ?1 WHEN 'PENDING' THEN startedAt ELSE coalesce(startedAt, ?2) END,
                    completedAt = CASE ?1 WHEN 'COMPLETED' THEN ?2 END
                WHERE id = ?3
                """
        ).execute(arguments: [SessionWords.firstGeneration.word(for: status), now.milliseconds, session.rawValue])
    }

    private static func recordChange(
        of session: SessionID,
        from old: SessionStatus,
        to new: SessionStatus,
        in db: Database,
        at now: Timestamp
    ) throws {
        let words = SessionWords.firstGeneration
        try db.cachedStatement(
            sql: "INSERT INTO monitor_changes (kind, session_id, from_status, to_status, at) VALUES ('session', ?, ?, ?, ?)"
        ).execute(arguments: [session.rawValue, words.word(for: old), words.word(for: new), now.milliseconds])
    }

    /// Fills the score columns, in percent, from the students that ended with a result, and writes only what differs.
    private static func writeScores(of session: SessionID, in db: Database, at now: Timestamp) throws {
        try db.cachedStatement(
            sql: """
                UPDATE grading_sessions
                SET averageScore = s.average, highestScore = s.highest, lowestScore = s.lowest, passingRate = s.passing,
                    updatedAt = ?2
                FROM (
                    SELECT avg(percentage) AS average, max(percentage) AS highest, min(percentage) AS lowest,
                           avg(percentage >= ?3) * 100 AS passing
                    FROM students WHERE gradingSessionId = ?1 AND percentage IS NOT NULL
                        AND status IN ('COMPLETED', 'REQUIRES_REVIEW', 'APPROVED', 'REJECTED')
                ) AS s
                WHERE id = ?1 AND (averageScore, highestScore, lowestScore, passingRate)
                    IS NOT (s.average, s.highest, s.lowest, s.passing)
                """
        ).execute(arguments: [session.rawValue, now.milliseconds, passMark])
    }
}

extension StudentPresence {
    /// Probes of the index on (session, status, task id): each ends at the first entry.
    fileprivate static func fetch(_ session: SessionID, from db: Database) throws -> StudentPresence {
        let statement = try db.cachedStatement(
            sql: """
                SELECT
                    EXISTS (SELECT 1 FROM students WHERE gradingSessionId = ?1 AND status = 'PENDING')
                    OR EXISTS (SELECT 1 FROM students WHERE gradingSessionId = ?1 AND status = 'PROCESSING' AND taskId IS NULL),
                    EXISTS (SELECT 1 FROM students WHERE gradingSessionId = ?1 AND status = 'PROCESSING' AND taskId > ''),
                    EXISTS (SELECT 1 FROM students WHERE gradingSessionId = ?1 AND status = 'FAILED'),
                    EXISTS (SELECT 1 FROM students WHERE gradingSessionId = ?1
                            AND status IN ('COMPLETED', 'REQUIRES_REVIEW', 'APPROVED', 'REJECTED'))
                """
        )
        guard let row = try Row.fetchOne(statement, arguments: [session.rawValue]) else {
            return StudentPresence(pending: false, processing: false, failed: false, graded: false)
        }
        return StudentPresence(pending: row.flag(0), processing: row.flag(1), failed: row.flag(2), graded: row.flag(3))
    }
}
