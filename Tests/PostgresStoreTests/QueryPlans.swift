import GradingCore

@testable import PostgresStore

extension PostgresStore {
    /// Every statement that a callback or a sweep runs, with values of the right types; which ones does not matter.
    var hotQueries: [Query] {
        let texts = Parameter.texts(["a"])
        let now = Parameter.timestamp(Timestamp(milliseconds: 0))
        let times = Parameter.timestamps([Timestamp(milliseconds: 0)])
        let bytes = Parameter.byteArrays([[1]])
        let (numbers, doubles, flags, jsons) = (
            Parameter.integers([1]), Parameter.doubles([1]), Parameter.flags([true]), Parameter.jsons([[0x31]])
        )
        let text = Parameter.text("a")
        return [
            applying.lockSessions(texts), applying.tasks(texts), applying.formerTasks(texts), applying.deliveries(texts),
            applying.insertDeliveries(texts, bytes, texts, texts, texts, bytes, now), applying.settleDeliveries(texts, texts),
            applying.markConflicts(texts), applying.updateStudents(texts, texts, times, doubles, doubles, doubles, jsons, now),
            applying.upsertTasks(texts, texts, times, times, texts, bytes, numbers, flags, texts, texts, times),
            applying.insertLogs(texts, texts, texts, texts, texts, texts, now),
            applying.insertChanges(texts, texts, texts, texts, texts, texts, now),
            applying.rollUp.presence(texts), applying.rollUp.otherPresence(texts),
            applying.rollUp.updateSessions(texts, texts, now),
            applying.rollUp.updateScores(texts, now),
            layout.scheduleOpenTasks(now, .double(1), .integer(10)), layout.claimDueTasks(now, .integer(10), text, now),
            layout.claimTask(text, text, text, now, now, now),
            layout.sessionsToRollUp(), layout.lockSessions(texts), layout.parked(.integer(10)), layout.openTasks(),
            layout.activeSessions(), registering.holders(texts), registering.formerHolders(texts),
            registering.waiting(texts, texts), registering.failed(texts, texts),
        ]
    }
}

extension TestDatabase {
    /// The plan for any values, as the store's own connections use it.
    func plan(of query: Query, named name: String) async throws -> String {
        var types: [String] = []
        for parameter in query.parameters {
            let type = try await first("SELECT format_type($1::oid, NULL)", .integer(Int(parameter.type))) { $0.text(0) }
            types.append((type ?? nil) ?? "unknown")
        }
        let list = types.isEmpty ? "" : "(" + types.joined(separator: ", ") + ")"
        try await execute("PREPARE \(name)\(list) AS \(query.statement.sql)")
        let values = types.isEmpty ? "" : "(" + types.map { "NULL::\($0)" }.joined(separator: ", ") + ")"
        return try await lines("EXPLAIN EXECUTE \(name)\(values)").joined(separator: "\n")
    }
}
