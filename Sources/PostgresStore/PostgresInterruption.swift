package import GradingCore
package import Logging

/// Keeps a database from serving for a while: nobody may connect to it, and who is connected is cut off. For drills, on a
/// database that nobody else uses.
package struct PostgresInterruption: Sendable {
    private let connection: PostgresConnection

    package init(url: String, logger: Logger) async throws(StoreError) {
        guard let options = ConnectionOptions(url: url) else {
            throw .incompatibleSchema("the URL of the database is not one that libpq understands")
        }
        connection = PostgresConnection(options, .migration, logger: logger)
        // The one connection that is left: it opens the door again.
        try await connection.commit(Self.allowConnections(false))
        try await connection.commit(Self.cutOff)
    }

    package func end() async throws(StoreError) {
        try await connection.commit(Self.allowConnections(true))
        await connection.close()
    }

    private static func allowConnections(_ allowed: Bool) -> String {
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I WITH ALLOW_CONNECTIONS \(allowed)', current_database()); END $$"
    }

    private static let cutOff = """
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()
        """
}

extension PostgresConnection {
    fileprivate func commit(_ sql: String) throws(StoreError) {
        try perform { (session, deadline) throws(PostgresError) in
            try session.transaction(until: deadline) { (transaction) throws(PostgresError) in
                _ = try transaction.commit([Statement("", sql)()])
            }
        }
    }
}
