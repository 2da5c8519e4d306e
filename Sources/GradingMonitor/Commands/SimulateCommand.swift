import ArgumentParser
import Configuration
import GradingCore
import GradingSimulator
import ServiceLifecycle
import UnixSignals

struct SimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Play a grading server: take tasks, send signed callbacks.",
        usage: "grading-monitor simulate [<options>]",
        discussion: """
            POST /api/grade/upload/ takes a task, GET /api/grade/status/TASK_ID/ tells how far it is. When a task ends, a \
            callback is sent, with retries; the shares below (0 to 1) say how many go wrong. The same seed makes the same \
            choices. Prints url=... and seed=... when it listens.

              export WEBHOOK_SECRETS=whsec_...
              grading-monitor simulate --port 8000 --lost 0.2 --repeated 0.1 --seed 7
            """
    )

    @Option(help: "Address to listen on.")
    var host = "127.0.0.1"

    @Option(help: "Port to listen on; 0 takes a free one.")
    var port: UInt16 = 8_000

    @Option(
        name: .customLong("callback-url"),
        help: ArgumentHelp(
            "Where callbacks go; several are given by repeating it, and take turns: a copy or a retry goes to the next one.",
            valueName: "url"
        )
    )
    var callbackURLs = ["http://127.0.0.1:3000/api/webhooks/grading"]

    @Option(
        help: ArgumentHelp(
            "Sign with this. WEBHOOK_SECRETS is safer: others can read flags in the process list.",
            valueName: "secret"
        )
    )
    var secret: String?

    @Option(help: "How to sign: standard, github or stripe.")
    var scheme: SignatureScheme = .standard

    @Option(help: "Makes a run repeatable; drawn when not given.")
    var seed = UInt64.random(in: 1...UInt64(Int32.max))

    @Option(help: ArgumentHelp("Callbacks that are never sent.", valueName: "share"))
    var lost: Share = 0

    @Option(help: ArgumentHelp("Callbacks that are sent several times.", valueName: "share"))
    var repeated: Share = 0

    @Option(help: ArgumentHelp("Callbacks that are sent late.", valueName: "share"))
    var delayed: Share = 0

    @Option(help: ArgumentHelp("Tasks whose last progress event comes after the end.", valueName: "share"))
    var reordered: Share = 0

    @Option(help: ArgumentHelp("Tasks for which a callback with a wrong signature is sent too.", valueName: "share"))
    var forged: Share = 0

    @Option(help: ArgumentHelp("Tasks that fail.", valueName: "share"))
    var failing: Share = 0

    @Option(help: ArgumentHelp("How long a task takes, in seconds or with units.", valueName: "from...to"))
    var taskDuration = DurationRange(bounds: .seconds(2) ... .seconds(8))

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let reader = try await common.sources().reader()
        let logger = try await LogConfiguration(reader).logger("simulate")
        let simulator = SimulatorServer(configuration: try await simulation(reader), logger: logger) { [host, seed] port in
            StandardStreams.output("url=\(HTTPAddress(host: host, port: port).url)\nseed=\(seed)")
        }
        let group = ServiceGroup(
            services: [simulator],
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        )
        try await HTTPAddress(host: host, port: Int(port)).explainingBindErrors { try await group.run() }
    }

    private func simulation(_ reader: ConfigReader) async throws(ConfigurationError) -> SimulatorConfiguration {
        guard let text = try await CallbackTarget.secret(reader, given: secret) else {
            throw ConfigurationError(
                .webhookSecrets,
                "is not set",
                remedy: "set it to the server's secret, as serve --dev prints it"
            )
        }
        var simulation = SimulatorConfiguration(
            callbackURLs: callbackURLs,
            secret: try CallbackTarget.webhookSecret(text, scheme)
        )
        simulation.host = host
        simulation.port = Int(port)
        simulation.scheme = scheme
        simulation.seed = seed
        simulation.taskDuration = taskDuration.bounds
        simulation.faults = FaultShares(
            lost: lost.value,
            repeated: repeated.value,
            delayed: delayed.value,
            reordered: reordered.value,
            forged: forged.value,
            failing: failing.value
        )
        return simulation
    }
}
