import FoundationEssentials
import Testing

@testable import PostgresStore

@Suite("Behind a pooler", .enabled(if: PostgresServer.isWanted), .serialized, .timeLimit(.minutes(1)))
struct PoolerTests {
    private func connection(_ role: ConnectionRole, named name: String) throws -> PostgresConnection {
        var url = try PostgresServer.url()
        url.queryItems = [URLQueryItem(name: "application_name", value: name)]
        return PostgresConnection(try #require(ConnectionOptions(url: url.string ?? "")), role, logger: .quiet)
    }

    @Test("every transaction brings the settings with it, and nothing is left in the session")
    func settings() async throws {
        let connection = try connection(.writer, named: "pooled")
        let show = Statement("show", "SELECT current_setting('statement_timeout')")
        let (settings, prepared) = try await connection.perform { (session, deadline) throws(PostgresError) in
            session.isPooled = true
            // As the pooler's connection has it, whoever used it before.
            _ = try session.run([Statement("", "SET statement_timeout = '7min'")()], until: deadline)
            let written = try session.transaction(until: deadline) { (transaction) throws(PostgresError) in
                [try transaction.run([show()])[0].first?.text(0), try transaction.commit([show()])[0].first?.text(0)]
            }
            let read = try session.read([show()], until: deadline)[0].first?.text(0)
            let left = try session.run([show()], until: deadline)[0].first?.text(0)
            return (written + [read, left], session.prepared)
        }
        #expect(settings == ["2500ms", "2500ms", "2500ms", "7min"])
        #expect(prepared.isEmpty)
        await connection.close()
    }

    @Test("a listener whose connection was closed makes another, and does not take the end for news without end")
    func closedListener() async throws {
        let name = "listener \(UUID())"
        let connection = try connection(.listener, named: name)
        try await connection.perform { (session, _) throws(PostgresError) in session.isPooled = true }
        let (signals, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let listener = ChangeListener(connection: connection, logger: .quiet)
        listener.start { continuation.yield() }
        // At work.
        for await _ in signals { break }

        let database = try TestDatabase(PostgresServer.url().string ?? "")
        let these = "FROM pg_stat_activity WHERE application_name = '\(name)'"
        let first = try await database.lines("SELECT pid::text \(these)")
        try await database.execute("SELECT pg_terminate_backend(pid, 5000) \(these)")
        var next: [String] = []
        let deadline = ContinuousClock.now + .seconds(20)
        while next.isEmpty, .now < deadline { next = try await database.lines("SELECT pid::text \(these)") }
        #expect(first.count == 1)
        #expect(next.count == 1 && next != first)
        await listener.close()
        await database.close()
    }
}
