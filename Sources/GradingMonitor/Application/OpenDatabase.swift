import FoundationEssentials
import GradingCore
import Logging
import SQLiteStore

/// A database that was opened and brought up to date, to be closed by whoever opened it.
struct OpenDatabase: Sendable {
    let store: any Store
    private let sqlite: SQLiteStore

    /// - Parameter creating: make the file and its directory where they are not there; otherwise their absence is an error,
    ///   since a question to an empty database hides a wrong path.
    /// - Throws: ``StoreError`` or ``CommandFailure``.
    init(
        _ location: DatabaseLocation,
        creating: Bool,
        decoder: ReportDecoder = ReportDecoder(),
        logger: Logger
    ) async throws {
        let path = location.path
        if creating {
            try Self.makeDirectory(of: path)
        } else if !FileManager.default.fileExists(atPath: path) {
            throw CommandFailure(
                .unavailable,
                "there is no database at \(path); set DATABASE_URL, or make it with: grading-monitor migrate"
            )
        }
        sqlite = try await SQLiteStore.open(path: path, decoder: decoder, logger: logger)
        store = sqlite
    }

    /// Whatever was committed is safe whether this succeeds or not.
    func close(logger: Logger) {
        do throws(StoreError) {
            try sqlite.close()
        } catch {
            logger.warning("The database did not close cleanly", metadata: ["error": "\(error)"])
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

extension DatabaseLocation {
    /// The file.
    var path: String {
        switch self {
        case .sqlite(let path): path
        }
    }
}
