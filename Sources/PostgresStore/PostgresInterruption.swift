import Foundation
package import GradingCore
package import Logging
import Synchronization

/// Keeps a database from serving for a while: holds the tables that every callback needs, and cuts off who is connected. For
/// drills, on a database that nobody else uses. When the process dies, it is over.
package struct PostgresInterruption: Sendable {
    /// Whether the tables are to be let go.
    private final class Signal: Sendable {
        private let isGiven = Mutex(false)

        var value: Bool { isGiven.withLock { $0 } }

        func give() { isGiven.withLock { $0 = true } }
    }

    private let end = Signal()
    private let work: Task<Result<Void, StoreError>, Never>

    /// Returns when the tables are held.
    package init(url: String, logger: Logger) async throws(StoreError) {
        guard let options = ConnectionOptions(url: url) else {
            throw .incompatibleSchema("the URL of the database is not one that libpq understands")
        }
        let connection = PostgresConnection(options, .migration, logger: logger)
        let (held, isHeld) = AsyncStream<Void>.makeStream()
        work = Task { [end] in
            defer { isHeld.finish() }
            do throws(StoreError) {
                // The connection has a thread of its own, which may wait.
                try await connection.perform { (session, deadline) throws(PostgresError) in
                    try session.transaction(until: deadline) { (transaction) throws(PostgresError) in
                        _ = try transaction.run([Statement("", Self.holdTables)(), Statement("", Self.cutOff)()])
                        isHeld.yield()
                        while !end.value, !deadline.isOver { Thread.sleep(forTimeInterval: 0.02) }
                    }
                }
                await connection.close()
                return .success(())
            } catch {
                await connection.close()
                return .failure(error)
            }
        }
        guard await held.first(where: { true }) == nil else { return }
        try await work.value.get()
    }

    /// Returns when the tables are free again.
    package func end() async throws(StoreError) {
        end.give()
        try await work.value.get()
    }

    private static let holdTables = """
        LOCK TABLE \(MonitorSchema.name).deliveries, \(MonitorSchema.name).tasks IN ACCESS EXCLUSIVE MODE
        """

    private static let cutOff = """
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()
        """
}
