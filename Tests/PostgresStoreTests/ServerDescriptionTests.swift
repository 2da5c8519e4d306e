import Logging
import Synchronization
import Testing

@testable import PostgresStore

@Suite("The server at the start", .enabled(if: PostgresServer.isWanted), .timeLimit(.minutes(1)))
struct ServerDescriptionTests {
    /// What is logged of a server that has these settings; where none is given, of the one that the tests run on.
    private func warnings(settings: [String: String]) async throws -> [Logger.Metadata] {
        try await PostgresServer.withFreshDatabase { database in
            let cases = settings.map { "WHEN '\($0)' THEN '\($1)'" }.sorted().joined(separator: " ")
            let options = try #require(ConnectionOptions(url: database.url))
            let connection = PostgresConnection(options, .migration, logger: .quiet)
            let layout = try WebAppLayout.plain()
            let description = try await connection.perform { (session, deadline) throws(PostgresError) in
                if !settings.isEmpty {
                    // Nobody can switch them off for one session: another function of the same name is found first.
                    let pretence = [
                        "CREATE SCHEMA pretence",
                        """
                        CREATE FUNCTION pretence.current_setting(text) RETURNS text LANGUAGE sql
                        AS $$ SELECT CASE $1 \(cases) ELSE pg_catalog.current_setting($1) END $$
                        """,
                        "SET search_path = pretence, pg_catalog",
                    ]
                    _ = try session.run(pretence.map { Statement("", $0)() }, until: deadline)
                }
                return try ServerDescription(session, layout: layout, until: deadline)
            }
            await connection.close()
            let lines = Lines()
            description.log(to: Logger(label: "test") { _ in lines })
            return lines.warnings.withLock { $0 }
        }
    }

    @Test("a server that loses what it has committed when the power fails is warned of, each setting by its name")
    func unsafeSettings() async throws {
        let both = try await warnings(settings: ["fsync": "off", "full_page_writes": "off"])
        #expect(both.map { $0["setting"] } == ["fsync=off", "full_page_writes=off"])
        #expect(try await warnings(settings: ["fsync": "off"]).map { $0["setting"] } == ["fsync=off"])
    }

    @Test("a server as PostgreSQL has it is warned of in no way")
    func safeSettings() async throws {
        #expect(try await warnings(settings: [:]).isEmpty)
    }
}

private final class Lines: LogHandler {
    let warnings = Mutex<[Logger.Metadata]>([])
    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    var logLevel: Logger.Level {
        get { .info }
        set {}
    }

    subscript(metadataKey _: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    func log(event: LogEvent) {
        if event.level == .warning { warnings.withLock { $0.append(event.metadata ?? [:]) } }
    }
}
