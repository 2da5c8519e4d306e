import ArgumentParser
import GradingCore
import Logging

struct StatsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Show how many tasks stand where.",
        discussion: """
            Reads the database, asks nobody, and needs no secrets.

              grading-monitor stats --json | jq .stats.totalPendingTasks
            """
    )

    @Flag(help: "Print the figures as one line of JSON, as the stats endpoint answers them.")
    var json = false

    @OptionGroup var common: CommonOptions
    @OptionGroup var database: DatabaseOptions

    func run() async throws {
        let reader = try await common.sources(database.settings).reader()
        let logger = try await LogConfiguration(reader, unlessSet: .warning).logger("stats")
        let store = try await DatabaseLocation(reader).open(creating: false, logger: logger)
        let report = StatisticsReport(try await store.statistics(), at: WallClock.system.now())
        StandardStreams.output(json ? try report.jsonLine() : report.text)
    }
}
