import ArgumentParser
import GradingCore

/// Options of every command that reads the configuration.
struct CommonOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Read settings from this JSON file (see config/grading-monitor.example.json).", valueName: "path"))
    var config: String?

    @Option(help: ArgumentHelp("Least level to log: trace, debug, info, notice, warning, error or critical.", valueName: "level"))
    var logLevel: String?

    @Option(help: ArgumentHelp("How to log to standard error: text or json.", valueName: "format"))
    var logFormat: String?

    var settings: [Setting: String?] { [.logLevel: logLevel, .logFormat: logFormat] }

    /// The sources with these flags and those of the command on top.
    func sources(_ groups: [Setting: String?]..., defaults: [Setting: String] = [:]) -> ConfigurationSources {
        var flags = settings
        for group in groups { flags.merge(group) { $1 } }
        return ConfigurationSources(flags: flags.compactMapValues(\.self), file: config, defaults: defaults)
    }
}

/// Where the database is.
struct DatabaseOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The database (default: sqlite:./data/grading-monitor.db).", valueName: "url"))
    var databaseURL: String?

    var settings: [Setting: String?] { [.databaseURL: databaseURL] }
}

/// How the grading server is asked.
struct GradingServerOptions: ParsableArguments {
    @Option(name: .customLong("grading-server-url"), help: ArgumentHelp("Root of the grading server.", valueName: "url"))
    var gradingServerURL: String?

    @Option(help: ArgumentHelp("How long one question may take (default: 30s).", valueName: "time"))
    var gradingServerTimeout: String?

    @Option(
        name: .customLong("grading-server-requests-per-second"),
        help: ArgumentHelp("Questions that start in a second; 0 for no limit (default: 10).", valueName: "number")
    )
    var requestsPerSecond: String?

    @Option(
        name: .customLong("grading-server-max-in-flight"),
        help: ArgumentHelp("Questions of a sweep under way at once (default: 4).", valueName: "number")
    )
    var maxInFlight: String?

    @Option(help: ArgumentHelp("Failures in a row after which it is left alone (default: 5).", valueName: "number"))
    var breakerFailures: String?

    @Option(help: ArgumentHelp("How long it is then left alone before the next question (default: 30s).", valueName: "time"))
    var breakerInterval: String?

    @Option(help: ArgumentHelp("The grading server's own status words: WORD=STATUS,...", valueName: "words"))
    var statusWords: String?

    @Option(help: ArgumentHelp("How long a task may be PENDING before it counts as lost (default: 24h).", valueName: "time"))
    var pendingDeadline: String?

    @Option(help: ArgumentHelp("How long a task counts as lost before it becomes FAILED (default: 24h).", valueName: "time"))
    var lostAfter: String?

    var settings: [Setting: String?] {
        [
            .gradingServerURL: gradingServerURL, .gradingServerTimeout: gradingServerTimeout,
            .gradingServerRequestsPerSecond: requestsPerSecond, .gradingServerMaxInFlight: maxInFlight,
            .breakerFailures: breakerFailures, .breakerInterval: breakerInterval, .statusWords: statusWords,
            .pendingDeadline: pendingDeadline, .lostAfter: lostAfter,
        ]
    }
}

/// Whom a sweep asks about.
struct SweepOptions: ParsableArguments {
    @Option(help: ArgumentHelp("How long a task may be silent before it is asked about (default: 120s).", valueName: "time"))
    var sweepGrace: String?

    @Option(
        help: ArgumentHelp("Waits after each check without news (default: 2m,4m,8m,15m,1h).", valueName: "times")
    )
    var sweepBackoff: String?

    @Option(help: ArgumentHelp("Per cent by which interval and backoff may differ (default: 10).", valueName: "number"))
    var sweepJitter: String?

    @Option(help: ArgumentHelp("What a step of priority is worth of being overdue (default: 1h).", valueName: "time"))
    var sweepPriorityStep: String?

    @Option(help: ArgumentHelp("Leave a task alone for as long as others took: on or off (default: on).", valueName: "switch"))
    var sweepAdaptiveGrace: String?

    @Option(help: ArgumentHelp("Per cent of the finished tasks that took no longer (default: 90).", valueName: "number"))
    var sweepAdaptiveQuantile: String?

    @Option(help: ArgumentHelp("The longest that a task is left alone for it (default: 1h).", valueName: "time"))
    var sweepAdaptiveLimit: String?

    @Option(help: ArgumentHelp("Tasks claimed at a time (default: 10).", valueName: "number"))
    var sweepBatchSize: String?

    var settings: [Setting: String?] {
        [
            .sweepGrace: sweepGrace, .sweepBackoff: sweepBackoff, .sweepJitter: sweepJitter,
            .sweepPriorityStep: sweepPriorityStep, .sweepAdaptiveGrace: sweepAdaptiveGrace,
            .sweepAdaptiveQuantile: sweepAdaptiveQuantile, .sweepAdaptiveLimit: sweepAdaptiveLimit,
            .sweepBatchSize: sweepBatchSize,
        ]
    }
}

/// How the server is reached, and what it bears. No secrets: a process list shows flags to everyone on the machine.
struct ServerOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Address to listen on (default: 127.0.0.1).", valueName: "address"))
    var httpHost: String?

    @Option(help: ArgumentHelp("Port to listen on; 0 takes a free one (default: 3000).", valueName: "port"))
    var httpPort: String?

    @Option(help: ArgumentHelp("Proxies whose X-Forwarded-For is believed: addresses or networks.", valueName: "list"))
    var trustedProxies: String?

    @Option(help: ArgumentHelp("Accepted ways of signing: standard, github, stripe (default: standard).", valueName: "list"))
    var webhookSchemes: String?

    @Option(help: ArgumentHelp("From one sweep to the next (default: 180s).", valueName: "time"))
    var sweepInterval: String?

    @Option(help: ArgumentHelp("Cron requests / seconds for one client (default: 6/60).", valueName: "limit"))
    var rateLimitCron: String?

    @Option(help: ArgumentHelp("Manual checks / seconds for one client (default: 30/60).", valueName: "limit"))
    var rateLimitManual: String?

    @Option(help: ArgumentHelp("How often a student may be graded in all (default: 3).", valueName: "number"))
    var maxAttempts: String?

    @Option(
        name: .customLong("retry-url-template"),
        help: ArgumentHelp(
            "Where failed tasks are submitted again, as in /api/grade/retry/{taskId}/ (default: nowhere).",
            valueName: "url"
        )
    )
    var retryURLTemplate: String?

    @Option(help: ArgumentHelp("Retry failed tasks without being asked: on or off (default: off).", valueName: "switch"))
    var retryAutomatic: String?

    @Option(help: ArgumentHelp("Waits after each failure before that (default: 5m,30m,2h).", valueName: "times"))
    var retryBackoff: String?

    @Option(help: ArgumentHelp("Most reports in one transaction; 1 only to compare (default: 256).", valueName: "number"))
    var commitBatchReports: String?

    var settings: [Setting: String?] {
        [
            .httpHost: httpHost, .httpPort: httpPort, .trustedProxies: trustedProxies, .webhookSchemes: webhookSchemes,
            .sweepInterval: sweepInterval, .rateLimitCron: rateLimitCron, .rateLimitManual: rateLimitManual,
            .maxAttempts: maxAttempts, .retryURLTemplate: retryURLTemplate, .retryAutomatic: retryAutomatic,
            .retryBackoff: retryBackoff, .commitBatchReports: commitBatchReports,
        ]
    }
}

extension TaskID: ExpressibleByArgument {
    /// Anything outside the grammar of ids is wrong usage.
    package init?(argument: String) { self.init(argument) }
}
