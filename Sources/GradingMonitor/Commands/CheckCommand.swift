import ArgumentParser
import GradingCore
import Logging

struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Ask the grading server about one task, and commit what it says.",
        usage: "grading-monitor check <task-id> [--json] [<options>]",
        discussion: """
            A task that has a grade is not asked about. Needs GRADING_SERVER_URL, and no secrets. Exit status 1 when the task \
            is not known or the grading server gave no answer.

              grading-monitor check 4b8ab882-49f1-4090-9be4-994c965316fb
            """
    )

    @Argument(help: ArgumentHelp("The task: 1 to 128 of A-Z a-z 0-9 . _ -", valueName: "task-id"))
    var task: TaskID

    @Flag(help: "Print the result as one line of JSON, as the check endpoint answers it.")
    var json = false

    @OptionGroup var common: CommonOptions
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var gradingServer: GradingServerOptions

    func run() async throws {
        let reader = try await common.sources(database.settings, gradingServer.settings).reader()
        let logger = try await LogConfiguration(reader, unlessSet: .warning).logger("check")
        let core = try await ReconciliationCore(ReconciliationConfiguration(reader), creating: false, logger: logger)
        let outcome = try await core.runOnce { [task] in try await $0.check(task) }
        let report = CheckReport(task, outcome, at: WallClock.system.now())
        StandardStreams.output(json ? try report.jsonLine() : report.text)
        if report.result.error != nil { throw ExitCode(ExitStatus.failure.rawValue) }
    }
}
