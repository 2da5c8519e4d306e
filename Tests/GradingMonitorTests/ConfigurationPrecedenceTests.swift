import Configuration
import Foundation
import GradingCore
import Testing

@testable import grading_monitor

@Suite("Where a setting comes from")
struct ConfigurationPrecedenceTests {
    @Test("a flag wins over the environment, the environment over the file, the file over the default")
    func precedence() async throws {
        let directory = try TemporaryDirectory()
        let file = try directory.file("c.json", #"{"http":{"port":4001},"sweep":{"interval":"4001s","batchSize":41}}"#)
        let environment = ["HTTP_PORT": "4002", "SWEEP_INTERVAL": "4002"]

        let all = try await MonitorConfiguration.read(
            environment: environment,
            flags: [.httpPort: "4003", .sweepInterval: "4003s"],
            file: file
        )
        #expect(all.port == 4_003)
        #expect(all.reconciliation.sweep.interval == .seconds(4_003))

        let noFlag = try await MonitorConfiguration.read(environment: environment, file: file)
        #expect(noFlag.port == 4_002)
        #expect(noFlag.reconciliation.sweep.interval == .seconds(4_002))

        let fileOnly = try await MonitorConfiguration.read(file: file)
        #expect(fileOnly.port == 4_001)
        #expect(fileOnly.reconciliation.sweep.interval == .seconds(4_001))
        #expect(fileOnly.reconciliation.sweep.batchSize == 41)
    }

    @Test("what is nowhere set has its documented default")
    func documentedDefaults() async throws {
        let configuration = try await MonitorConfiguration.read()
        #expect(configuration.host == "127.0.0.1")
        #expect(configuration.port == 3_000)
        #expect(configuration.trustedProxies.isEmpty)
        #expect(configuration.cronLimit == RateLimit(name: "cron", quota: 6, window: .seconds(60)))
        #expect(configuration.manualLimit == RateLimit(name: "manual", quota: 30, window: .seconds(60)))
        #expect(configuration.secrets.schemes == [.standard])
        let reconciliation = configuration.reconciliation
        #expect(reconciliation.database == .sqlite(path: "./data/grading-monitor.db"))
        #expect(reconciliation.gradingServerTimeout == .seconds(30))
        #expect(reconciliation.sweep.interval == .seconds(180))
        #expect(reconciliation.sweep.grace == .seconds(120))
        #expect(reconciliation.sweep.batchSize == 10)
        #expect(reconciliation.sweep.backoff == CheckLadder.standardWaits)
        #expect(reconciliation.sweep.adaptiveGrace == AdaptiveGrace())
        #expect(reconciliation.sweep.priorityStep == .seconds(3_600))
        #expect(reconciliation.sweep.jitter == 0.1)
        #expect(reconciliation.sweep.requestsPerSecond == 10)
        #expect(reconciliation.sweep.maxInFlight == 4)
        #expect(reconciliation.sweep.breaker == BreakerPolicy(failures: 5, interval: .seconds(30)))
        #expect(reconciliation.commitBounds.batchReports == 256)
        #expect(reconciliation.statusWords.isEmpty)
        #expect(reconciliation.resubmissionURL == nil)
    }

    @Test(
        "secrets that are retired are known by their time, and verify nothing",
        arguments: ["2026-01-02", "2026-01-02T00:00:00.000Z"]
    )
    func retiredSecrets(_ time: String) async throws {
        let secrets = try await MonitorConfiguration.read(
            environment: ["WEBHOOK_SECRETS_RETIRED": " \(Valid.formerSecret)@\(time) , \(Valid.formerSecret)@2026-01-03"]
        ).secrets
        #expect(secrets.retiredWebhook.map(\.expiredAt.iso8601) == ["2026-01-02T00:00:00.000Z", "2026-01-03T00:00:00.000Z"])
        #expect(
            secrets.retiredWebhook.map(\.secret.id) == Array(repeating: WebhookSecret(unchecked: Valid.formerSecret).id, count: 2)
        )
        #expect(secrets.webhook.map(\.id) == [WebhookSecret(unchecked: Valid.webhookSecret).id])
        #expect(try await MonitorConfiguration.read().secrets.retiredWebhook.isEmpty)
    }

    @Test("the defaults of --dev give way to everything else")
    func developmentDefaults() async throws {
        let directory = try TemporaryDirectory()
        let file = try directory.file("c.json", #"{"database":{"url":"sqlite:file.db"}}"#)
        let defaults: [Setting: String] = [.databaseURL: "sqlite:dev.db", .gradingServerURL: "http://127.0.0.1:1"]
        let plain = try await MonitorConfiguration.read(defaults: defaults)
        #expect(plain.reconciliation.database == .sqlite(path: "dev.db"))
        let overridden = try await MonitorConfiguration.read(file: file, defaults: defaults)
        #expect(overridden.reconciliation.database == .sqlite(path: "file.db"))
    }

    @Test("an environment variable that is set to nothing is not set")
    func emptyVariable() async throws {
        let directory = try TemporaryDirectory()
        let file = try directory.file("c.json", #"{"http":{"port":4001}}"#)
        let configuration = try await MonitorConfiguration.read(environment: ["HTTP_PORT": " ", "HTTP_HOST": ""], file: file)
        #expect(configuration.port == 4_001)
        #expect(configuration.host == "127.0.0.1")
    }

    @Test("lists may be lists in the file, and are comma-separated elsewhere")
    func lists() async throws {
        let directory = try TemporaryDirectory()
        let file = try directory.file(
            "c.json",
            #"{"webhook":{"schemes":["github","stripe"]},"statusWords":["ARCHIVED=COMPLETED"]}"#
        )
        let fromFile = try await MonitorConfiguration.read(file: file)
        #expect(fromFile.secrets.schemes == [.github, .stripe])
        #expect(fromFile.reconciliation.statusWords == ["ARCHIVED": .completed])

        let second = "b1ndTkq0Zx8Yw7Uv6Ts5Rr4Qq3Pp2Oo1"
        let fromEnvironment = try await MonitorConfiguration.read(
            environment: [
                "WEBHOOK_SCHEMES": "standard, github", "CRON_SECRETS": "\(Valid.cronSecret) , \(second)",
                "STATUS_WORDS": "HELD=processing,GONE=FAILED", "TRUSTED_PROXIES": "10.0.0.0/8,::1",
            ]
        )
        #expect(fromEnvironment.secrets.schemes == [.standard, .github])
        #expect(fromEnvironment.secrets.cron == [Valid.cronSecret, second])
        #expect(fromEnvironment.reconciliation.statusWords == ["HELD": .processing, "GONE": .failed])
        #expect(fromEnvironment.trustedProxies.count == 2)
    }

    @Test("a lease outlasts two questions, however patient the monitor is")
    func leaseFollowsTimeout() async throws {
        let patient = try await MonitorConfiguration.read(environment: ["GRADING_SERVER_TIMEOUT": "5m"])
        #expect(patient.reconciliation.sweepPolicy.lease > .seconds(600))
    }

    @Test("when a task counts as lost is a setting")
    func loss() async throws {
        let impatient = try await MonitorConfiguration.read(environment: ["PENDING_DEADLINE": "2h", "LOST_AFTER": "30m"])
        #expect(impatient.reconciliation.sweepPolicy.loss.pendingDeadline == .seconds(7_200))
        #expect(impatient.reconciliation.sweepPolicy.loss.lostAfter == .seconds(1_800))
    }

    @Test("every variable is its key in swift-configuration's own encoding", arguments: Setting.all)
    func names(_ setting: Setting) async throws {
        let sources = ConfigurationSources(flags: [:], environment: [setting.variable: "here"])
        #expect(try await sources.reader().text(setting) == "here")
    }

    @Test("the example file holds every setting but the secrets, and the defaults where there are any")
    func exampleFile() async throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let path = root.appending(path: "config/grading-monitor.example.json").path()
        let reader = try await ConfigurationSources(environment: [:], file: path).reader()
        let empty = [Setting.statusWords, .trustedProxies, .retryURLTemplate]
        let secrets = [Setting.webhookSecrets, .webhookSecretsRetired, .cronSecrets, .operatorSecrets]
        for setting in Setting.all where !empty.contains(setting) {
            let text = try await reader.text(setting)
            #expect((text == nil) == secrets.contains(setting), "\(setting.key)")
        }
        let configuration = try await MonitorConfiguration.read(
            environment: ["GRADING_SERVER_URL": ""],
            file: path
        )
        #expect(configuration.port == 3_000)
        #expect(configuration.reconciliation.sweep.interval == .seconds(180))
        #expect(configuration.reconciliation.sweep.loss == LossPolicy())
    }
}
