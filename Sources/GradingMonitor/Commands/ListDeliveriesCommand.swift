import ArgumentParser
import GradingCore
import Logging

struct ListDeliveriesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the ledger, newest first.",
        usage: "grading-monitor deliveries [--outcome <word>] [<options>]"
    )

    @Option(help: ArgumentHelp("Only these: applied, duplicate, stale, conflict, parked or refused.", valueName: "word"))
    var outcome: LedgerOutcome?

    @Option(help: ArgumentHelp("Only those of this task.", valueName: "id"))
    var task: TaskID?

    @Option(help: ArgumentHelp("Only older ones: a time, or what the page before ended with.", valueName: "place"))
    var before: LogCursor?

    @Option(help: ArgumentHelp("How many: 1 to 1000.", valueName: "number"))
    var limit = 100

    @Flag(help: "Print them as one line of JSON, as GET /api/deliveries answers them.")
    var json = false

    @OptionGroup var common: CommonOptions
    @OptionGroup var database: DatabaseOptions

    func validate() throws {
        guard (1...1_000).contains(limit) else { throw ValidationError("--limit is a number from 1 to 1000.") }
    }

    func run() async throws {
        let reader = try await common.sources(database.settings).reader()
        let logger = try await LogConfiguration(reader, unlessSet: .warning).logger("deliveries")
        let database = try await OpenDatabase(DatabaseLocation(reader), creating: false, logger: logger)
        let page = LedgerPage(limit: limit, before: before, task: task)
        let entries = try await database.closing(logger: logger) { store in
            try await DeliveryLedger(store: store).entries(page, outcome: outcome)
        }
        let report = DeliveriesReport(entries, limit: limit, at: WallClock.system.now())
        StandardStreams.output(json ? try report.jsonLine() : report.text)
    }
}

extension LedgerOutcome: ExpressibleByArgument {
    package init?(argument: String) { self.init(word: argument) }
}

extension LogCursor: ExpressibleByArgument {
    package init?(argument: String) { self.init(argument) }
}
