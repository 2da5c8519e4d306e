import GradingCore
import GradingServer
import GradingSimulator

/// What an exercise wants of the monitor and of the grading server.
struct DrillSetting: Sendable {
    /// Names the exercise's session and tasks.
    let name: String
    /// How long a task may be silent before it is asked about.
    var grace = Duration.seconds(2)
    var faults = FaultShares.none
}

/// A monitor and a grading server that know each other, with times short enough for somebody who waits.
struct DrillPlan: Sendable {
    let session: SessionID
    let signer: WebhookSigner
    let monitorURL: String
    let simulatorURL: String
    let monitor: MonitorConfiguration
    let simulator: SimulatorConfiguration

    init(_ setting: DrillSetting, on database: DrillDatabase) async throws {
        let monitorAddress = HTTPAddress(host: "127.0.0.1", port: try await FreePort.take())
        let simulatorAddress = HTTPAddress(host: "127.0.0.1", port: try await FreePort.take())
        let text = WebhookSecret.generate()
        let secret = try CallbackTarget.webhookSecret(text, .standard)
        session = SessionID(stored: "drill-\(setting.name)")
        signer = WebhookSigner(secret: secret, scheme: .standard)
        monitorURL = monitorAddress.url
        simulatorURL = simulatorAddress.url

        var reconciliation = ReconciliationConfiguration(gradingServerURL: try GradingServerURL(simulatorAddress.url))
        reconciliation.database = database.location
        reconciliation.gradingServerTimeout = .seconds(5)
        reconciliation.sweep.interval = .seconds(1)
        reconciliation.sweep.firstSweepWithin = .seconds(1)
        reconciliation.sweep.grace = setting.grace
        reconciliation.sweep.adaptiveGrace.isOn = false
        reconciliation.sweep.backoff = [.seconds(1)]
        reconciliation.sweep.requestsPerSecond = 0
        var monitor = MonitorConfiguration(
            reconciliation: reconciliation,
            secrets: SecretsConfiguration(webhook: [secret], firstWebhookSecret: text, cron: [], operators: [])
        )
        monitor.port = monitorAddress.port
        self.monitor = monitor

        var simulator = SimulatorConfiguration(callbackURLs: [monitorURL + CallbackTarget.path], secret: secret)
        simulator.port = simulatorAddress.port
        simulator.taskDuration = .milliseconds(500) ... .seconds(2)
        simulator.sendsProgress = false
        simulator.faults = setting.faults
        simulator.retry.base = .milliseconds(250)
        simulator.retry.cap = .seconds(1)
        simulator.retry.maximumAttempts = 60
        self.simulator = simulator
    }
}
