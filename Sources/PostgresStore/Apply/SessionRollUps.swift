import GradingCore

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
