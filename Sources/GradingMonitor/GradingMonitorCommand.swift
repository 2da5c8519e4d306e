import ArgumentParser

/// The executable: picks the command, runs it, and turns what went wrong into one line and an exit status.
@main
struct GradingMonitorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grading-monitor",
        abstract: "Keeps the status of exam-grading tasks true.",
        discussion: """
            A grading server pushes a signed callback when a task ends; the monitor commits it before it answers. A slow \
            sweep asks about the tasks whose callbacks were lost. When a session's last student is done, so is the session.

            Try it:
              grading-monitor serve --dev
            and, with the webhook_secret that it prints, in another terminal:
              export WEBHOOK_SECRETS=whsec_...
              grading-monitor send-test-callback TASK_ID --status COMPLETED

            Settings: flag, then environment, then JSON file (--config), then default. A flag is the variable's name in \
            lower case: HTTP_PORT is --http-port. Times are seconds (90) or have a unit (90s, 3m, 1h).

            Exit status: 0 done, 1 not done, 64 wrong usage, 69 database or server unavailable, 78 wrong configuration.
            """,
        version: "grading-monitor \(Self.version)",
        subcommands: [
            ServeCommand.self, MigrateCommand.self, SweepCommand.self, CheckCommand.self, StatsCommand.self,
            DeliveriesCommand.self, InspectDatabaseCommand.self, SendTestCallbackCommand.self, SimulateCommand.self,
            DrillCommand.self,
        ]
    )

    static let version = "0.1.0"

    static func main() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            guard let failure = CommandFailure(error) else { exit(withError: error) }
            StandardStreams.error("error: \(failure.message)")
            exit(withError: ExitCode(failure.status.rawValue))
        }
    }
}
