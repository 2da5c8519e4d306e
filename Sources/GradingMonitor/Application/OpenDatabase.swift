import FoundationEssentials
import GradingCore
import Logging
import PostgresStore
import SQLiteStore

/// A database that was opened and brought up to date, to be closed by whoever opened it.
enum OpenDatabase: Sendable {
    case sqlite(SQLiteStore)
    case postgres(PostgresStore)

    /// - Parameter creating: make SQLite's file and its directory where they are not there; otherwise their absence is an error,
    ///   since a question to an empty database hides a wrong path. On PostgreSQL the database has to be there, and the tables
    ///   are made in any case.
    /// - Throws: ``StoreError`` or ``CommandFailure``.
    init(
        _ location: DatabaseLocation,
        creating: Bool,
        decoder: ReportDecoder = ReportDecoder(),
        schedule: CheckSchedule = SweepPolicy().schedule,
        logger: Logger
    ) async throws {
        switch location {
        case .sqlite(let path):
            try Self.prepareFile(at: path, creating: creating)
            self = .sqlite(try await SQLiteStore.open(path: path, decoder: decoder, schedule: schedule, logger: logger))
        case .postgres(let url):
            self = .postgres(try await PostgresStore.open(url: url, decoder: decoder, schedule: schedule, logger: logger))
        }
    }

    var store: any Store {
        switch self {
        case .sqlite(let store): store
        case .postgres(let store): store
        }
    }

    /// Does one piece of work, then closes the database, however the work ended.
    func closing<Value>(logger: Logger, _ work: (any Store) async throws -> Value) async throws -> Value {
        let value: Value
        do {
            value = try await work(store)
        } catch {
            await close(logger: logger)
            throw error
        }
        await close(logger: logger)
        return value
    }

    /// Whatever was committed is safe whether this succeeds or not.
    func close(logger: Logger) async {
        switch self {
        case .sqlite(let store):
            do throws(StoreError) {
                try store.close()
            } catch {
                logger.warning("The database did not close cleanly", metadata: ["error": "\(error)"])
            }
        case .postgres(let store): await store.close()
        }
    }

    private static func prepareFile(at path: String, creating: Bool) throws(CommandFailure) {
        if creating {
            try makeDirectory(of: path)
        } else if !FileManager.default.fileExists(atPath: path) {
            throw CommandFailure(
                .unavailable,
                "there is no database at \(path); set DATABASE_URL, or make it with: grading-monitor migrate"
            )
        }
    }

    /// For the owner only: the database holds students' names and grades. A directory that is there is left as it is.
    private static func makeDirectory(of path: String) throws(CommandFailure) {
        let directory = URL(filePath: path).deletingLastPathComponent().path()
        guard !FileManager.default.fileExists(atPath: directory) else { return }
        do {
            try FileManager.default.createDirectory(
                atPath: directory,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw CommandFailure(.unavailable, "the directory \(directory) of the database cannot be made: \(error)")
        }
    }
}
