import ArgumentParser
import GradingCore
import Logging

struct SweepCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweep",
        abstract: "Ask the grading server about silent tasks once, then exit.",
        usage: "grading-monitor sweep [--json] [<options>]",
        discussion: """
            Does what the server's own sweep does, against the same database, with or without a server running. Needs \
            GRADING_SERVER_URL, and no secrets. Exit status 1 when a check failed.

              export GRADING_SERVER_URL=http://127.0.0.1:8000
              grading-monitor sweep --sweep-grace 0 --json
            """
    )

    @Flag(help: "Print the summary as one line of JSON, as the cron endpoint answers it.")
    var json = false

    @OptionGroup var common: CommonOptions
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var gradingServer: GradingServerOptions
    @OptionGroup var sweep: SweepOptions

    func run() async throws {
        let reader = try await common.sources(database.settings, gradingServer.settings, sweep.settings).reader()
        let logger = try await LogConfiguration(reader, unlessSet: .warning).logger("sweep")
        let core = try await ReconciliationCore(ReconciliationConfiguration(reader), creating: false, logger: logger)
        let summary = try await core.runOnce { try await $0.sweep() }
        let report = SweepReport(summary, at: WallClock.system.now())
        StandardStreams.output(json ? try report.jsonLine() : report.text)
        if summary.errors > 0 { throw ExitCode(ExitStatus.failure.rawValue) }
    }
}
