import ArgumentParser
import FoundationEssentials
import GradingCore
import Logging
import PostgresStore
import SQLiteStore

struct InspectDatabaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect-database",
        abstract: "Show what the database holds, and what of it is not true.",
        usage: "grading-monitor inspect-database [--json] [<options>]",
        discussion: """
            Which generation of the web app made it and what things are called there; sessions and tasks whose status is \
            behind the truth; tasks of which nothing was heard for long. Writes nothing, also where the monitor has never \
            been: run it before the first `serve`. Exit status 78 when the database is of neither generation.

              grading-monitor inspect-database --database-url sqlite:./prisma/dev.db
              grading-monitor inspect-database --json | jq .sessionsBehind.total
            """
    )

    @Flag(help: "Print what was found as one line of JSON.")
    var json = false

    @Option(help: ArgumentHelp("How long a task may be silent (default: 1h).", valueName: "time"))
    var stuckAfter: StuckAfter = StuckAfter(duration: .seconds(3_600))

    @OptionGroup var common: CommonOptions
    @OptionGroup var database: DatabaseOptions

    func run() async throws {
        let reader = try await common.sources(database.settings).reader()
        let logger = try await LogConfiguration(reader, unlessSet: .warning).logger("inspect-database")
        let now = WallClock.system.now()
        let inspected = try await DatabaseLocation(reader).inspect(logger: logger)
        let inspection = DatabaseInspection(inspected, at: now, stuckAfter: stuckAfter.duration)
        let report = InspectionReport(inspection, at: now)
        StandardStreams.output(json ? try report.jsonLine() : report.text)
    }
}

/// A time as an argument.
struct StuckAfter: ExpressibleByArgument {
    let duration: Duration

    init(duration: Duration) {
        self.duration = duration
    }

    init?(argument: String) {
        guard let duration = Duration(configurationText: argument) else { return nil }
        self.init(duration: duration)
    }

    var defaultValueDescription: String { duration.configurationText }
}

extension DatabaseLocation {
    /// - Throws: ``StoreError`` or ``CommandFailure``.
    fileprivate func inspect(logger: Logger) async throws -> InspectedDatabase {
        switch self {
        case .sqlite(let path):
            guard FileManager.default.fileExists(atPath: path) else {
                throw CommandFailure(.unavailable, "there is no database at \(path); set DATABASE_URL")
            }
            return try await SQLiteStore.inspect(path: path)
        case .postgres(let url): return try await PostgresStore.inspect(url: url, logger: logger)
        }
    }
}
