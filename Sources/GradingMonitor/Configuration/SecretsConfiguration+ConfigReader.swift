import Configuration
import GradingCore

extension SecretsConfiguration {
    /// - `webhook.secrets` (`WEBHOOK_SECRETS`, required): comma-separated; `whsec_` and base64 for Standard Webhooks.
    /// - `webhook.schemes` (`WEBHOOK_SCHEMES`, default `standard`): `standard`, `github`, `stripe`, comma-separated.
    /// - `cron.secrets` (`CRON_SECRETS`, required), `operator.secrets` (`OPERATOR_SECRETS`, required): comma-separated,
    ///   24 characters at least.
    init(_ config: ConfigReader) async throws(ConfigurationError) {
        let schemes = try await Self.schemes(config)
        let webhookTexts = try await Self.secrets(.webhookSecrets, config)
        let cron = try await Self.secrets(.cronSecrets, config)
        let operators = try await Self.secrets(.operatorSecrets, config)
        try Self.verifyDistinct([(.webhookSecrets, webhookTexts), (.cronSecrets, cron), (.operatorSecrets, operators)])

        var webhook: [WebhookSecret] = []
        for (index, text) in webhookTexts.enumerated() {
            webhook.append(try Self.webhookSecret(text, at: index, of: webhookTexts.count, schemes: schemes))
        }
        self.init(
            webhook: webhook,
            firstWebhookSecret: webhookTexts[0],
            schemes: schemes,
            cron: cron,
            operators: operators
        )
    }

    static func schemes(_ config: ConfigReader) async throws(ConfigurationError) -> [SignatureScheme] {
        var schemes: [SignatureScheme] = []
        for word in try await config.list(.webhookSchemes) {
            guard let scheme = SignatureScheme(rawValue: word.lowercased()) else {
                let words = SignatureScheme.allCases.map(\.rawValue).joined(separator: ", ")
                throw ConfigurationError(
                    .webhookSchemes,
                    "names a scheme that is not known",
                    remedy: "set it to one or more of \(words)"
                )
            }
            if !schemes.contains(scheme) { schemes.append(scheme) }
        }
        return schemes.isEmpty ? [.standard] : schemes
    }

    /// At least one, and none that can be guessed.
    private static func secrets(_ setting: Setting, _ config: ConfigReader) async throws(ConfigurationError) -> [String] {
        let texts = try await config.list(setting)
        guard !texts.isEmpty else {
            throw ConfigurationError(setting, "is not set", remedy: remedy(for: setting))
        }
        for (index, text) in texts.enumerated() {
            guard let weakness = SecretWeakness(of: text) else { continue }
            throw ConfigurationError(
                setting,
                "\(place(index, of: texts.count))\(weakness)",
                remedy: remedy(for: setting)
            )
        }
        return texts
    }

    private static func webhookSecret(
        _ text: String,
        at index: Int,
        of count: Int,
        schemes: [SignatureScheme]
    ) throws(ConfigurationError) -> WebhookSecret {
        do {
            return try WebhookSecret(text, schemes: schemes)
        } catch {
            throw ConfigurationError(
                .webhookSecrets,
                "\(place(index, of: count))cannot be used: \(error)",
                remedy: remedy(for: .webhookSecrets)
            )
        }
    }

    /// One secret for two roles would let a cron job sign grades, or a grading server run the house.
    private static func verifyDistinct(_ roles: [(setting: Setting, texts: [String])]) throws(ConfigurationError) {
        var holders: [String: Setting] = [:]
        for (setting, texts) in roles {
            for text in texts {
                if let holder = holders[text], holder != setting {
                    throw ConfigurationError(
                        setting,
                        "holds a secret that \(holder.variable) holds too",
                        remedy: remedy(for: setting)
                    )
                }
                holders[text] = setting
            }
        }
    }

    private static func place(_ index: Int, of count: Int) -> String {
        count == 1 ? "" : "(secret \(index + 1) of \(count)) "
    }

    private static func remedy(for setting: Setting) -> String {
        let recipe = setting == .webhookSecrets ? "echo \"whsec_$(openssl rand -base64 32)\"" : "openssl rand -base64 32"
        return "set a secret of its own, made with: \(recipe)"
    }
}
