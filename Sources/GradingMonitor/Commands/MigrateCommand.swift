import ArgumentParser
import GradingCore

struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Bring the database to this version's schema, or make it.",
        usage: "grading-monitor migrate [<options>]",
        discussion: """
            Only the monitor's own tables are changed; the web app's are made when the database is empty, and left alone \
            otherwise. `serve` does the same when it starts. A database of a newer version is refused (exit status 78).

              grading-monitor migrate --database-url sqlite:./data/grading-monitor.db
              DATABASE_URL=postgresql://monitor:…@db/exams grading-monitor migrate
            """
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var database: DatabaseOptions

    func run() async throws {
        let reader = try await common.sources(database.settings).reader()
        let logger = try await LogConfiguration(reader).logger("migrate")
        let location = try await DatabaseLocation(reader)
        try await OpenDatabase(location, creating: true, logger: logger).close(logger: logger)
        StandardStreams.output("The database \(location) is up to date.")
    }
}
