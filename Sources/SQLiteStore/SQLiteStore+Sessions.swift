package import GradingCore
import GRDB

extension SQLiteStore {
    package func rollUpSessions(at now: Timestamp) async throws(StoreError) -> Int {
        let statements = statements
        return try await write { db in
            let sessions = try db.cachedStatement(sql: Self.sessionsToRollUp(statements.layout))
            return try Row.fetchAll(sessions).compactMap { $0.text(0) }.count { session in
                try SessionRollUp.rollUp(SessionID(stored: session), in: db, statements, at: now)
            }
        }
    }

    /// The active ones, and those that have ended although a student has not, or has failed although a student has not.
    private static func sessionsToRollUp(_ layout: DatabaseLayout) -> String {
        """
        SELECT id FROM grading_sessions
        WHERE \(layout.sessionStatus) IN ('PENDING', '\(layout.sessionWords.word(for: .processing))')
        UNION
        SELECT gradingSessionId FROM students WHERE \(layout.studentStatus) IN ('PENDING', 'PROCESSING')
        UNION
        SELECT id FROM grading_sessions WHERE \(layout.sessionStatus) = 'FAILED' AND EXISTS (
            SELECT 1 FROM students WHERE gradingSessionId = grading_sessions.id
            AND students.\(layout.studentStatus) IN ('COMPLETED', 'REQUIRES_REVIEW', 'APPROVED', 'REJECTED'))
        """
    }

    package func sessionSummary(_ session: SessionID) async throws(StoreError) -> SessionSummary? {
        let layout = statements.layout
        return try await read { db in
            let row = try Row.fetchOne(
                db,
                sql: "SELECT \(layout.sessionStatus) FROM grading_sessions WHERE id = ?",
                arguments: [session.rawValue]
            )
            guard let status = row?.text(0).flatMap(layout.sessionWords.status) else { return nil }
            return SessionSummary(id: session, status: status, students: try StudentCounts.fetch(session, from: db, layout))
        }
    }

    package func logs(of session: SessionID, limit: Int, before: LogCursor?) async throws(StoreError) -> [SessionLog]? {
        try await read { db in
            guard try db.exists(session) else { return nil }
            let createdAt = Timestamp.milliseconds(of: "createdAt")
            return try Row.fetchAll(
                db,
                sql: """
                    SELECT id, level, message, context, studentId, metadata, createdAt FROM session_logs
                    WHERE gradingSessionId = ?1
                      AND (?2 IS NULL OR \(createdAt) < ?2 OR (\(createdAt) = ?2 AND id < ?3))
                    ORDER BY \(createdAt) DESC, id DESC LIMIT ?4
                    """,
                arguments: [session.rawValue, before?.createdAt.milliseconds, before?.id ?? "", limit]
            ).map(SessionLog.init)
        }
    }

    package func addLog(_ entry: NewSessionLog, at now: Timestamp) async throws(StoreError) -> SessionLog? {
        try await write { db in
            guard try db.exists(entry.session) else { return nil }
            let log = SessionLog(entry, student: try entry.studentRow(in: db), at: now)
            try db.cachedStatement(
                sql: """
                    INSERT INTO session_logs
                        (id, level, message, context, studentId, metadata, createdAt, gradingSessionId, userId)
                    SELECT ?, ?, ?, ?, ?, ?, ?, id, userId FROM grading_sessions WHERE id = ?
                    """
            ).execute(
                arguments: [
                    log.id, log.level.rawValue, log.message, log.context, log.studentID, log.metadata, now.milliseconds,
                    entry.session.rawValue,
                ]
            )
            return log
        }
    }
}

extension Database {
    func exists(_ session: SessionID) throws -> Bool {
        let statement = try cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM grading_sessions WHERE id = ?)")
        return try Bool.fetchOne(statement, arguments: [session.rawValue]) ?? false
    }
}

extension StudentCounts {
    /// Open students without a task id count as pending.
    fileprivate static func fetch(
        _ session: SessionID,
        from db: Database,
        _ layout: DatabaseLayout
    ) throws -> StudentCounts {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT \(layout.studentStatus), taskId IS NULL, count(*) FROM students WHERE gradingSessionId = ? GROUP BY 1, 2
                """,
            arguments: [session.rawValue]
        )
        return rows.reduce(into: StudentCounts()) { counts, row in
            guard let status = row.text(0).flatMap(TaskStatus.init), let students = row.integer(2) else { return }
            counts.add(students, at: row.flag(1) && status.isOpen ? .pending : status)
        }
    }
}

extension SessionLog {
    init(_ row: Row) {
        self.init(
            id: row.text(0) ?? "",
            level: row.text(1).flatMap(LogLevel.init) ?? .info,
            message: row.text(2) ?? "",
            context: row.text(3),
            studentID: row.text(4),
            metadata: row.text(5),
            createdAt: row.timestamp(6) ?? Timestamp(milliseconds: 0)
        )
    }

    fileprivate init(_ entry: NewSessionLog, student: String?, at now: Timestamp) {
        var ids = RowIDSequence(at: now)
        self.init(
            id: ids.next(),
            level: entry.level,
            message: entry.message,
            context: entry.context,
            studentID: student,
            metadata: entry.metadata,
            createdAt: now
        )
    }
}

extension NewSessionLog {
    /// The row id of the student that is meant, whether it was named by that or by the institution's number.
    fileprivate func studentRow(in db: Database) throws -> String? {
        guard let studentID else { return nil }
        return try String.fetchOne(
            db,
            sql: "SELECT id FROM students WHERE gradingSessionId = ?1 AND (id = ?2 OR studentId = ?2) ORDER BY id = ?2 DESC",
            arguments: [session.rawValue, studentID]
        ) ?? studentID
    }
}
