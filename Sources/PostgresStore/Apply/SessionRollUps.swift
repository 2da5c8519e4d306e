import GradingCore

/// A session whose students a batch has moved.
struct TouchedSession {
    /// Before the batch.
    let status: SessionStatus
    /// Its students who bear one of the batch's tasks, after the batch.
    var bearers: [TaskStatus] = []
}

/// What the roll-up of some sessions writes, from where their students stand.
struct SessionRollUps {
    private var moves: [SessionChange] = []
    private var completed: [SessionID] = []

    /// How many sessions change their status.
    var changes: Int { moves.count }

    /// - Parameter presence: the rows of ``RollUpStatements/presence``.
    init(_ presence: QueryResult, _ words: SessionWords) {
        for row in presence.rows {
            guard let (session, current) = row.sessionAndStatus(words) else { continue }
            note(session, current, StudentPresence(row))
        }
    }

    /// After a batch. In a session that it has touched at least one of its students is under way or has ended, since no report
    /// leads back to PENDING. With that, who else is open decides between under way and ended, and only then who else has a
    /// grade between COMPLETED and FAILED: that others are under way or have failed changes nothing.
    ///
    /// - Parameters:
    ///   - touched: with those of their students who bear one of the batch's tasks.
    ///   - others: the rows of ``RollUpStatements/otherPresence``.
    init(_ touched: [SessionID: TouchedSession], others: QueryResult) {
        for row in others.rows {
            guard let session = row.text(0).map(SessionID.init(stored:)), let found = touched[session] else { continue }
            var students = StudentPresence(pending: row.flag(1), processing: false, failed: false, graded: row.flag(2))
            for status in found.bearers { students.insert(studentWithTask: status) }
            note(session, found.status, students)
        }
    }

    private mutating func note(_ session: SessionID, _ current: SessionStatus, _ students: StudentPresence) {
        let next = SessionRollUp.status(of: students, current: current)
        if next != current { moves.append(SessionChange(session: session, from: current, to: next)) }
        if next == .completed { completed.append(session) }
    }

    func queries(_ statements: RollUpStatements, at now: Timestamp) -> [Query] {
        var queries: [Query] = []
        let words = statements.words
        let ids = Parameter.texts(moves.map(\.session.rawValue))
        let targets = Parameter.texts(moves.map { words.word(for: $0.to) })
        if !moves.isEmpty {
            queries.append(statements.updateSessions(ids, targets, .timestamp(now)))
        }
        if !completed.isEmpty, let updateScores = statements.updateScores {
            queries.append(updateScores(.texts(completed.map(\.rawValue)), .timestamp(now)))
        }
        if !moves.isEmpty {
            let origins = Parameter.texts(moves.map { words.word(for: $0.from) })
            queries.append(statements.insertChanges(ids, origins, targets, .timestamp(now)))
        }
        return queries
    }
}

extension StudentPresence {
    fileprivate init(_ row: ResultRow) {
        self.init(pending: row.flag(2), processing: row.flag(3), failed: row.flag(4), graded: row.flag(5))
    }
}

extension ResultRow {
    fileprivate func sessionAndStatus(_ words: SessionWords) -> (SessionID, SessionStatus)? {
        guard let id = text(0), let status = text(1).flatMap(words.status) else { return nil }
        return (SessionID(stored: id), status)
    }
}
