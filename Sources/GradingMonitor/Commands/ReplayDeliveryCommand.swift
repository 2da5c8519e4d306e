import ArgumentParser
import Configuration
import GradingCore
import Logging

struct ReplayDeliveryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Apply a parked delivery now.",
        usage: "grading-monitor deliveries replay <delivery-id> [--json] [<options>]",
        discussion: """
            The next sweep does the same once the task is there. Exit status 1 when there is no such delivery, or nothing of it \
            is kept.

              grading-monitor deliveries replay msg_p5jXN8AQM9LWM0D4loKWxJek
            """
    )

    @Argument(help: ArgumentHelp("The delivery's id, as the ledger shows it.", valueName: "delivery-id"))
    var delivery: String

    @Flag(help: "Print the result as one line of JSON, as the replay endpoint answers it.")
    var json = false

    @OptionGroup var common: CommonOptions
    @OptionGroup var database: DatabaseOptions

    func run() async throws {
        let reader = try await common.sources(database.settings).reader()
        let logger = try await LogConfiguration(reader, unlessSet: .warning).logger("deliveries")
        let database = try await OpenDatabase(
            DatabaseLocation(reader),
            creating: false,
            decoder: try await ReportDecoder(reader),
            logger: logger
        )
        let outcome = try await database.closing(logger: logger) { [delivery] store in
            let commits = CommitQueue(store: store, logger: logger)
            return try await commits.runOnce(logger: logger) {
                try await DeliveryReplay(store: store, commits: commits).run(delivery)
            }
        }
        let report = try ReplayReport(delivery, outcome, at: WallClock.system.now())
        StandardStreams.output(json ? try report.jsonLine() : report.text)
    }
}

extension ReportDecoder {
    /// With the operator's words: a parked report is read back as it was taken in.
    fileprivate init(_ config: ConfigReader) async throws(ConfigurationError) {
        self.init(vocabulary: StatusVocabulary.standard.extended(with: try await ReconciliationConfiguration.statusWords(config)))
    }
}
