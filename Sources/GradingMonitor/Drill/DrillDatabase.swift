import FoundationEssentials
import GradingCore
import Logging
import PostgresStore
import SQLiteStore

/// The scratch database of a drill: made for it, or given and empty.
struct DrillDatabase: Sendable {
    let location: DatabaseLocation
    /// To be removed afterwards; `nil` when the database was given.
    private let directory: String?

    /// - Parameter url: as in `DATABASE_URL`; `nil` for a file of SQLite in a directory of its own.
    /// - Throws: ``CommandFailure`` when there is anything in it: a drill never runs beside students.
    init(url: String?, logger: Logger) async throws {
        guard let url else {
            let directory = FileManager.default.temporaryDirectory.appending(path: "grading-monitor-drill-\(UUID().uuidString)")
            location = .sqlite(path: directory.appending(path: "drill.db").path)
            self.directory = directory.path
            return
        }
        location = try DatabaseLocation(url: url)
        directory = nil
        guard try await isEmpty(logger) else {
            throw CommandFailure(
                .configuration,
                "the database is not empty, and a drill never runs on one that holds anything; make a new one for it"
            )
        }
    }

    func remove() {
        if let directory { try? FileManager.default.removeItem(atPath: directory) }
    }

    /// Whether there is not a single table in it.
    private func isEmpty(_ logger: Logger) async throws -> Bool {
        switch location {
        case .sqlite(let path):
            !FileManager.default.fileExists(atPath: path)
        case .postgres(let url):
            try await PostgresStore.hasNoTables(url: url, logger: logger)
        }
    }

    /// Takes the database away; what is returned gives it back.
    func interrupt(_ logger: Logger) async throws -> @Sendable () async throws -> Void {
        switch location {
        case .sqlite(let path):
            let interruption = try await SQLiteInterruption(path: path)
            return { try await interruption.end() }
        case .postgres(let url):
            let interruption = try await PostgresInterruption(url: url, logger: logger)
            return { try await interruption.end() }
        }
    }
}
