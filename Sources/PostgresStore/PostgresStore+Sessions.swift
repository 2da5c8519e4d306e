package import GradingCore

extension PostgresStore {
    package func rollUpSessions(at now: Timestamp) async throws(StoreError) -> Int {
        let behind = try await read([layout.sessionsToRollUp()]) { $0[0].rows.compactMap { $0.text(0) } }
        var changed = 0
        // In small transactions: each holds the locks of its sessions, and callbacks wait for those.
        for start in stride(from: 0, to: behind.count, by: 50) {
            changed += try await rollUp(Array(behind[start..<min(start + 50, behind.count)]), at: now)
        }
        if changed > 0 { signals.noteCommit() }
        return changed
    }

    private func rollUp(_ sessions: [String], at now: Timestamp) async throws(StoreError) -> Int {
        let (layout, rollUp) = (layout, applying.rollUp)
        return try await write { (transaction) throws(PostgresError) in
            let students = try transaction.run([
                layout.lockSessions(.texts(sessions)), rollUp.presence(.texts(sessions)),
            ])[1]
            let rollUps = SessionRollUps(students, rollUp.words)
            try transaction.commit(rollUps.queries(rollUp, at: now))
            return rollUps.changes
        }
    }

    package func sessionSummary(_ session: SessionID) async throws(StoreError) -> SessionSummary? {
        let (id, words) = (Parameter.text(session.rawValue), sessionWords)
        return try await read([layout.sessionStatusWord(id), layout.countStudents(id)]) { results in
            guard let status = results[0].first?.text(0).flatMap(words.status) else { return nil }
            return SessionSummary(id: session, status: status, students: StudentCounts(results[1]))
        }
    }

    package func logs(of session: SessionID, limit: Int, before: LogCursor?) async throws(StoreError) -> [SessionLog]? {
        let id = Parameter.text(session.rawValue)
        let page = layout.logs(id, .timestamp(before?.createdAt), .text(before?.id ?? ""), .integer(limit))
        return try await read([layout.sessionStatusWord(id), page]) { results in
            results[0].first == nil ? nil : results[1].rows.map(SessionLog.init)
        }
    }

    package func addLog(_ entry: NewSessionLog, at now: Timestamp) async throws(StoreError) -> SessionLog? {
        let layout = layout
        return try await write { (transaction) throws(PostgresError) in
            let student = layout.findStudent(.text(entry.session.rawValue), .text(entry.studentID))
            let row = entry.studentID == nil ? nil : try transaction.run([student])[0].first?.text(0)
            let log = SessionLog(entry, student: row ?? entry.studentID, at: now)
            let insert = layout.insertLog(
                .text(log.id),
                .text(log.level.rawValue),
                .text(log.message),
                .text(log.context),
                .text(log.studentID),
                .json(log.metadata),
                .timestamp(now),
                .text(entry.session.rawValue)
            )
            return try transaction.commit([insert])[0].changedRows == 0 ? nil : log
        }
    }
}

// MARK: SQL

extension WebAppLayout {
    /// The active ones, and those that have ended although a student has not, or has failed although a student has not.
    var sessionsToRollUp: Statement {
        Statement(
            "sessions_to_roll_up",
            """
            SELECT id FROM \(sessions) WHERE \(sessionState) \(active)
            UNION
            SELECT "gradingSessionId" FROM \(students) WHERE \(studentState) \(open)
            UNION
            SELECT g.id FROM \(sessions) g WHERE g.\(sessionState) = 'FAILED' AND EXISTS (
                SELECT 1 FROM \(students) s WHERE s."gradingSessionId" = g.id AND s.\(studentState) \(graded))
            ORDER BY 1
            """
        )
    }

    var lockSessions: Statement {
        Statement(
            "lock_sessions_by_id",
            #"SELECT id FROM \#(sessions) WHERE id = ANY ($1) ORDER BY id COLLATE "C" FOR NO KEY UPDATE"#
        )
    }

    var sessionStatusWord: Statement {
        Statement("session_status", "SELECT \(sessionState)::text FROM \(sessions) WHERE id = $1")
    }

    fileprivate var countStudents: Statement {
        Statement(
            "count_students",
            """
            SELECT \(studentState)::text, "taskId" IS NULL, count(*) FROM \(students) WHERE "gradingSessionId" = $1 GROUP BY 1, 2
            """
        )
    }

    /// Newest first; within a millisecond by id, by bytes.
    fileprivate var logs: Statement {
        Statement(
            "logs",
            """
            SELECT id, level::text, message, context, "studentId", metadata::text, "createdAt" FROM \(logTable)
            WHERE "gradingSessionId" = $1
                AND ($2 IS NULL OR "createdAt" < $2 OR ("createdAt" = $2 AND id COLLATE "C" < $3))
            ORDER BY "createdAt" DESC, id COLLATE "C" DESC LIMIT $4
            """
        )
    }

    fileprivate var insertLog: Statement {
        Statement(
            "insert_log",
            """
            INSERT INTO \(logTable) (id, level, message, context, "studentId", metadata, "createdAt", "gradingSessionId", "userId")
            SELECT $1, $2::\(logLevel), $3, $4, $5, $6, $7, id, "userId" FROM \(sessions) WHERE id = $8
            """
        )
    }

    /// By row id first, else by the institution's number.
    fileprivate var findStudent: Statement {
        Statement(
            "find_student",
            """
            SELECT id FROM \(students) WHERE "gradingSessionId" = $1 AND (id = $2 OR "studentId" = $2)
            ORDER BY (id = $2) DESC, id COLLATE "C" LIMIT 1
            """
        )
    }
}

// MARK: Rows

extension StudentCounts {
    /// Open students without a task id count as pending.
    fileprivate init(_ result: QueryResult) {
        self = result.rows.reduce(into: StudentCounts()) { counts, row in
            guard let status = row.text(0).flatMap(TaskStatus.init), let students = row.integer(2) else { return }
            counts.add(students, at: row.flag(1) && status.isOpen ? .pending : status)
        }
    }
}

extension SessionLog {
    init(_ row: ResultRow) {
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
