package import GradingCore
import GRDB

/// Keeps a database from serving for a while, as another process does that holds its lock and hangs. For drills.
package struct SQLiteInterruption: Sendable {
    private let queue: DatabaseQueue

    /// From now on whatever writes is told that the database is busy.
    package init(path: String) async throws(StoreError) {
        var configuration = Configuration()
        configuration.label = "grading-monitor.interruption"
        configuration.allowsUnsafeTransactions = true
        configuration.busyMode = .timeout(5)
        do {
            queue = try DatabaseQueue(path: path, configuration: configuration)
            try await queue.writeWithoutTransaction { db in try db.execute(sql: "BEGIN IMMEDIATE") }
        } catch {
            throw StoreError(error)
        }
    }

    package func end() async throws(StoreError) {
        do {
            try await queue.writeWithoutTransaction { db in try db.execute(sql: "ROLLBACK") }
            try queue.close()
        } catch {
            throw StoreError(error)
        }
    }
}
