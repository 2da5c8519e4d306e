import FoundationEssentials
import GradingCore

/// What `serve --dev` uses where nothing is set, so that one command starts a server.
enum DevelopmentDefaults {
    /// Defaults with fresh secrets.
    static func settings(using random: inout some RandomNumberGenerator) -> [Setting: String] {
        [
            .databaseURL: "sqlite:./data/dev.db",
            .gradingServerURL: "http://127.0.0.1:8000",
            .webhookSecrets: WebhookSecret.generate(),
            .cronSecrets: secret(using: &random),
            .operatorSecrets: secret(using: &random),
        ]
    }

    /// What is printed when the server listens, one `name=value` a line: other programs read it.
    static func announcement(url: String, secrets: SecretsConfiguration) -> [String] {
        [
            "url=\(url)",
            "webhook_secret=\(secrets.firstWebhookSecret)",
            "cron_secret=\(secrets.cron.first ?? "")",
            "operator_secret=\(secrets.operators.first ?? "")",
        ]
    }

    /// 32 random bytes in base64, as `openssl rand -base64 32` makes them.
    private static func secret(using random: inout some RandomNumberGenerator) -> String {
        Data((0..<32).map { _ in UInt8.random(in: .min ... .max, using: &random) }).base64EncodedString()
    }
}
