import GradingCore

/// What the roll-up of some sessions writes, from where their students stand.
struct SessionRollUps {
    private var moves: [SessionChange] = []
    private var completed: [SessionID] = []

    /// How many sessions change their status.
    var changes: Int { moves.count }

    /// - Parameter presence: the rows of ``RollUpStatements/presence``.
    init(_ presence: QueryResult) {
        for row in presence.rows {
            guard let id = row.text(0), let current = row.text(1).flatMap(SessionWords.firstGeneration.status) else { continue }
            let students = StudentPresence(
                pending: row.flag(2),
                processing: row.flag(3),
                failed: row.flag(4),
                graded: row.flag(5)
            )
            let session = SessionID(stored: id)
            let next = SessionRollUp.status(of: students, current: current)
            if next != current { moves.append(SessionChange(session: session, from: current, to: next)) }
            if next == .completed { completed.append(session) }
        }
    }

    func queries(_ statements: RollUpStatements, at now: Timestamp) -> [Query] {
        var queries: [Query] = []
        let words = SessionWords.firstGeneration
        let ids = Parameter.texts(moves.map(\.session.rawValue))
        let targets = Parameter.texts(moves.map { words.word(for: $0.to) })
        if !moves.isEmpty {
            queries.append(statements.updateSessions(ids, targets, .timestamp(now)))
        }
        if !completed.isEmpty {
            queries.append(statements.updateScores(.texts(completed.map(\.rawValue)), .timestamp(now)))
        }
        if !moves.isEmpty {
            let origins = Parameter.texts(moves.map { words.word(for: $0.from) })
            queries.append(statements.insertChanges(ids, origins, targets, .timestamp(now)))
        }
        return queries
    }
}
