import ArgumentParser
import GradingCore
import Logging

struct StatsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Show how many tasks stand where.",
        usage: "grading-monitor stats [--json] [<options>]",
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
        let database = try await OpenDatabase(DatabaseLocation(reader), creating: false, logger: logger)
        let report: StatisticsReport
        do {
            let now = WallClock.system.now()
            let endings = try await database.store.endings(since: CallbackLoss.start(at: now))
            report = StatisticsReport(
                try await database.store.statistics(),
                CallbackLoss(endings, at: now),
                at: now
            )
        } catch {
            await database.close(logger: logger)
            throw error
        }
        await database.close(logger: logger)
        StandardStreams.output(json ? try report.jsonLine() : report.text)
    }
}
