import Configuration
import GradingCore

/// Where test callbacks go, and what signs them.
struct CallbackTarget: Sendable {
    static let path = "/api/webhooks/grading"

    let url: String
    private let secret: String

    /// - Parameters:
    ///   - url: from the command line; otherwise the server of this configuration.
    ///   - secret: from the command line; otherwise the first of `WEBHOOK_SECRETS`.
    init(_ config: ConfigReader, url: String?, secret: String?) async throws(ConfigurationError) {
        if let url {
            self.url = url
        } else {
            let host = try await config.text(.httpHost) ?? "127.0.0.1"
            let port = try await config.integer(.httpPort, in: 0...65_535) ?? 3_000
            self.url = HTTPAddress(host: host, port: port).url + Self.path
        }
        guard let secret = try await Self.secret(config, given: secret) else {
            throw ConfigurationError(
                .webhookSecrets,
                "is not set",
                remedy: "set it to the server's secret, as serve --dev prints it"
            )
        }
        self.secret = secret
    }

    static func secret(_ config: ConfigReader, given: String?) async throws(ConfigurationError) -> String? {
        if let given, !given.isEmpty { return given }
        return try await config.list(.webhookSecrets).first
    }

    /// - Parameter forging: sign with a fresh secret that the server cannot know.
    func signer(_ scheme: SignatureScheme, forging: Bool) throws(ConfigurationError) -> WebhookSigner {
        try Self.signer(forging ? WebhookSecret.generate() : secret, scheme)
    }

    static func signer(_ text: String, _ scheme: SignatureScheme) throws(ConfigurationError) -> WebhookSigner {
        WebhookSigner(secret: try webhookSecret(text, scheme), scheme: scheme)
    }

    static func webhookSecret(_ text: String, _ scheme: SignatureScheme) throws(ConfigurationError) -> WebhookSecret {
        do {
            return try WebhookSecret(text, schemes: [scheme])
        } catch {
            throw ConfigurationError(
                .webhookSecrets,
                "cannot be used: \(error)",
                remedy: "set it to the secret that the server has"
            )
        }
    }
}
