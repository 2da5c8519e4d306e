import Testing

@testable import grading_monitor

@Suite("Settings that the server does not start with")
struct ConfigurationRefusalTests {
    struct Refusal: Sendable, CustomTestStringConvertible {
        let variable: String
        let value: String
        init(_ variable: String, _ value: String) {
            self.variable = variable
            self.value = value
        }
        var testDescription: String { "\(variable)=\(value)" }
    }

    static let refusals = [
        Refusal("GRADING_SERVER_URL", ""),
        Refusal("GRADING_SERVER_URL", "ftp://grader"),
        Refusal("GRADING_SERVER_URL", "grader:8000"),
        Refusal("GRADING_SERVER_URL", "http://"),
        Refusal("GRADING_SERVER_URL", "http://root:hunter2hunter2@grader"),
        Refusal("WEBHOOK_SECRETS", ""),
        Refusal("WEBHOOK_SECRETS", ","),
        Refusal("WEBHOOK_SECRETS", "whsec_c2hvcnQ="),
        Refusal("WEBHOOK_SECRETS", "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
        Refusal("WEBHOOK_SECRETS", "whsec_not*base64*at*all*but*long*enough"),
        Refusal("WEBHOOK_SECRETS", "Zm9vYmFyYmF6cXV4cXV1eGNvcmdlZ3JhdWx0"),
        Refusal("WEBHOOK_SECRETS", "\(Valid.webhookSecret),undefined"),
        Refusal("WEBHOOK_SECRETS_RETIRED", Valid.formerSecret),
        Refusal("WEBHOOK_SECRETS_RETIRED", "\(Valid.formerSecret)@yesterday"),
        Refusal("WEBHOOK_SECRETS_RETIRED", "\(Valid.formerSecret)@2999-01-01"),
        Refusal("WEBHOOK_SECRETS_RETIRED", "\(Valid.webhookSecret)@2026-01-01"),
        Refusal("WEBHOOK_SECRETS_RETIRED", "whsec_c2hvcnQ=@2026-01-01"),
        Refusal("CRON_SECRETS", ""),
        Refusal("CRON_SECRETS", "changeme"),
        Refusal("CRON_SECRETS", "change-me-change-me-change-me"),
        Refusal("CRON_SECRETS", "your-secret-here-your-secret-here"),
        Refusal("CRON_SECRETS", "undefined"),
        Refusal("CRON_SECRETS", "Qx7dT0mZrVn4bWfKj2pLsYh"),
        Refusal("CRON_SECRETS", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"),
        Refusal("CRON_SECRETS", "ababababababababababababababab"),
        Refusal("CRON_SECRETS", "Qx7dT0mZrVn4 bWfKj2pLsYh8uEaG6cNi"),
        Refusal("CRON_SECRETS", Valid.webhookSecret),
        Refusal("OPERATOR_SECRETS", Valid.cronSecret),
        Refusal("OPERATOR_SECRETS", "\(Valid.operatorSecret),\(Valid.webhookSecret)"),
        Refusal("OPERATOR_SECRETS", "secret"),
        Refusal("WEBHOOK_SCHEMES", "standard,md5"),
        Refusal("HTTP_PORT", "65536"),
        Refusal("HTTP_PORT", "-1"),
        Refusal("HTTP_PORT", "http"),
        Refusal("HTTP_PORT", "80.5"),
        Refusal("TRUSTED_PROXIES", "10.0.0.0/33"),
        Refusal("TRUSTED_PROXIES", "proxy.example.org"),
        Refusal("SWEEP_INTERVAL", "0"),
        Refusal("SWEEP_INTERVAL", "3 minutes"),
        Refusal("SWEEP_INTERVAL", "-5s"),
        Refusal("SWEEP_BATCH_SIZE", "0"),
        Refusal("SWEEP_BATCH_SIZE", "1001"),
        Refusal("SWEEP_GRACE", "8d"),
        Refusal("MAX_ATTEMPTS", "0"),
        Refusal("RETRY_URL_TEMPLATE", "api/grade/retry/{taskId}"),
        Refusal("RETRY_URL_TEMPLATE", "/api/grade/retry/"),
        Refusal("RETRY_URL_TEMPLATE", "/api/grade/retry/{task}"),
        Refusal("RETRY_URL_TEMPLATE", "http://root:hunter2hunter2@grader/{taskId}"),
        Refusal("RETRY_AUTOMATIC", "yes"),
        Refusal("RETRY_BACKOFF", "5m,soon"),
        Refusal("PENDING_DEADLINE", "0"),
        Refusal("LOST_AFTER", "a day"),
        Refusal("GRADING_SERVER_TIMEOUT", "1h"),
        Refusal("RATE_LIMIT_CRON", "6"),
        Refusal("RATE_LIMIT_CRON", "0/60"),
        Refusal("RATE_LIMIT_MANUAL", "30/0"),
        Refusal("RATE_LIMIT_MANUAL", "30/60/2"),
        Refusal("COMMIT_BATCH_REPORTS", "0"),
        Refusal("COMMIT_BATCH_REPORTS", "257"),
        Refusal("SWEEP_BACKOFF", "2m,soon"),
        Refusal("SWEEP_BACKOFF", "2m,0"),
        Refusal("SWEEP_JITTER", "101"),
        Refusal("SWEEP_ADAPTIVE_GRACE", "maybe"),
        Refusal("SWEEP_ADAPTIVE_QUANTILE", "0"),
        Refusal("BREAKER_FAILURES", "0"),
        Refusal("BREAKER_INTERVAL", "0"),
        Refusal("GRADING_SERVER_MAX_IN_FLIGHT", "0"),
        Refusal("GRADING_SERVER_REQUESTS_PER_SECOND", "-1"),
        Refusal("STATUS_WORDS", "ARCHIVED"),
        Refusal("STATUS_WORDS", "ARCHIVED=APPROVED"),
        Refusal("DATABASE_URL", "postgresql://app:hunter2hunter2@db/exams?passwort=hunter2hunter2"),
        Refusal("DATABASE_URL", "mysql://app:hunter2hunter2@db/exams"),
        Refusal("DATABASE_URL", "sqlite::memory:"),
        Refusal("DATABASE_URL", "sqlite://host/x.db"),
        Refusal("DATABASE_URL", "sqlite:"),
        Refusal("DATABASE_URL", "./data/x.db"),
    ]

    @Test("a bad value is refused in one line that names the variable and tells no secret", arguments: refusals)
    func refused(_ refusal: Refusal) async throws {
        let error = try await #require(throws: ConfigurationError.self) {
            try await MonitorConfiguration.read(environment: [refusal.variable: refusal.value])
        }
        #expect(error.variable == refusal.variable)
        #expect(error.description.hasPrefix("\(refusal.variable) "))
        #expect(!error.description.contains("\n"))
        #expect(!error.remedy.isEmpty)
        let secrets = refusal.variable.contains("SECRETS") ? refusal.value.split { ",@".contains($0) } : []
        for secret in secrets where secret.count >= 8 {
            #expect(!error.description.contains(secret))
        }
        #expect(!error.description.contains("hunter2"))
        let failure = try #require(CommandFailure(error))
        #expect(failure.status == .configuration)
    }

    @Test(
        "the same secret for two roles names both",
        arguments: [("WEBHOOK_SECRETS", "CRON_SECRETS"), ("CRON_SECRETS", "OPERATOR_SECRETS")]
    )
    func sharedSecret(_ first: String, _ second: String) async throws {
        let error = try await #require(throws: ConfigurationError.self) {
            try await MonitorConfiguration.read(environment: [second: Valid.environment[first] ?? ""])
        }
        #expect(error.description.contains(first) && error.description.contains(second))
    }

    @Test("a missing secret says how to make one")
    func recipe() async throws {
        let error = try await #require(throws: ConfigurationError.self) {
            try await MonitorConfiguration.read(environment: ["WEBHOOK_SECRETS": ""])
        }
        #expect(error.description.contains("whsec_$(openssl rand -base64 32)"))
    }

    @Test(
        "a value of the wrong type in the file is refused, not passed over",
        arguments: [#"{"http":{"port":[true]}}"#, #"{"http":{"port":[1]}}"#]
    )
    func wrongType(_ json: String) async throws {
        let directory = try TemporaryDirectory()
        let file = try directory.file("c.json", json)
        let error = try await #require(throws: ConfigurationError.self) { try await MonitorConfiguration.read(file: file) }
        #expect(error.variable == "HTTP_PORT")
    }

    @Test("a file that is missing or not JSON is refused without quoting it")
    func badFile() async throws {
        let directory = try TemporaryDirectory()
        let broken = try directory.file("c.json", #"{"cron":{"secrets":["\#(Valid.cronSecret)"]"#)
        for file in [broken, directory.path("nowhere.json")] {
            let error = try await #require(throws: ConfigurationError.self) { try await MonitorConfiguration.read(file: file) }
            #expect(error.variable == "--config")
            #expect(error.description.contains(file))
            #expect(!error.description.contains(Valid.cronSecret))
        }
    }

    @Test("a dump of the configuration shows no secret")
    func dump() async throws {
        let retired = "\(Valid.formerSecret)@2026-01-01"
        let configuration = try await MonitorConfiguration.read(environment: ["WEBHOOK_SECRETS_RETIRED": retired])
        var dumped = ""
        Swift.dump(configuration, to: &dumped)
        for text in [dumped, "\(configuration)", String(reflecting: configuration)] {
            for secret in [Valid.webhookSecret, Valid.formerSecret, Valid.cronSecret, Valid.operatorSecret] {
                #expect(!text.contains(secret))
            }
        }
    }

    @Test("random secrets are not mistaken for weak ones", arguments: 1...200)
    func randomSecrets(_ round: Int) {
        let defaults = generate()
        for setting in [Setting.webhookSecrets, .cronSecrets, .operatorSecrets] {
            #expect(SecretWeakness(of: defaults[setting] ?? "") == nil)
        }
    }

    private func generate() -> [Setting: String] {
        var random = SystemRandomNumberGenerator()
        return DevelopmentDefaults.settings(using: &random)
    }
}
