import ArgumentParser
import GradingCore
import Logging

struct DrillCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drill",
        abstract: "Play lost callbacks, duplicates and a database that is down; say what came right, and how soon.",
        usage: "grading-monitor drill [--database-url <url>] [--json]",
        discussion: """
            Runs the server and a grading server of its own on this machine's loopback, on a scratch database: a file of SQLite \
            that is removed afterwards, or the one that is named, which must be without a single table. Settings, secrets and \
            the database of the real server are not touched. Takes less than a minute. Exit status 1 when an exercise fails.

              grading-monitor drill
              createdb drill && grading-monitor drill --database-url postgresql://localhost/drill

            On PostgreSQL the connections to the database are cut for some seconds, and its tables held.
            """
    )

    @Flag(help: "Print the result as one line of JSON.")
    var json = false

    @Option(help: ArgumentHelp("An empty scratch database (default: a file of SQLite, removed afterwards).", valueName: "url"))
    var databaseURL: String?

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let reader = try await common.sources().reader()
        // Warnings are what is played here.
        let logger = try await LogConfiguration(reader, unlessSet: .critical).logger("drill")
        let database = try await DrillDatabase(url: databaseURL, logger: logger)
        defer { database.remove() }
        let results = try await Drill(database: database, logger: logger).run { result in
            if !json { StandardStreams.output(DrillReport([result]).text) }
        }
        let report = DrillReport(results)
        if json { StandardStreams.output(try report.jsonLine()) }
        if !report.passed { throw ExitCode(ExitStatus.failure.rawValue) }
    }
}
