import ArgumentParser
import GradingCore

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Receive callbacks, sweep for lost ones, answer questions.",
        usage: "grading-monitor serve [--dev] [<options>]",
        discussion: """
            Needs GRADING_SERVER_URL, WEBHOOK_SECRETS, CRON_SECRETS and OPERATOR_SECRETS; each list of secrets is separated by \
            commas, and all of a list are valid at once. Secrets come from the environment or the file, never from a flag.

              export GRADING_SERVER_URL=http://127.0.0.1:8000
              export WEBHOOK_SECRETS="whsec_$(openssl rand -base64 32)"
              export CRON_SECRETS="$(openssl rand -base64 32)"
              export OPERATOR_SECRETS="$(openssl rand -base64 32)"
              grading-monitor serve

            With --dev nothing needs to be set: the secrets that are missing are made, the database is ./data/dev.db, the \
            grading server http://127.0.0.1:8000, and url, webhook_secret, cron_secret and operator_secret are printed.

            SIGTERM or SIGINT: new work is refused, what is in flight is committed, then the process ends with status 0.
            """
    )

    @Flag(help: "Make the secrets that are missing, print all and the URL; use ./data/dev.db.")
    var dev = false

    @OptionGroup var common: CommonOptions
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var gradingServer: GradingServerOptions
    @OptionGroup var sweep: SweepOptions
    @OptionGroup var server: ServerOptions

    func run() async throws {
        let reader = try await sources.reader()
        let logging = try await LogConfiguration(reader)
        let configuration = try await MonitorConfiguration(reader)
        logging.installForLibraries()

        let application = MonitorApplication(configuration: configuration, logger: logging.logger("grading-monitor"))
        try await application.run { [dev] url in
            guard dev else { return }
            DevelopmentDefaults.announcement(url: url, secrets: configuration.secrets).forEach(StandardStreams.output)
        }
    }

    var sources: ConfigurationSources {
        var random = SystemRandomNumberGenerator()
        return common.sources(
            database.settings,
            gradingServer.settings,
            sweep.settings,
            server.settings,
            defaults: dev ? DevelopmentDefaults.settings(using: &random) : [:]
        )
    }
}
