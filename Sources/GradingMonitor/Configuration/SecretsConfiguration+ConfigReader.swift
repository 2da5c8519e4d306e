import Configuration
import GradingCore

extension SecretsConfiguration {
    /// - `webhook.secrets` (`WEBHOOK_SECRETS`, required): comma-separated; `whsec_` and base64 for Standard Webhooks.
    /// - `webhook.secretsRetired` (`WEBHOOK_SECRETS_RETIRED`, default none): comma-separated, each with `@` and the time at which
    ///   it ceased to be valid.
    /// - `webhook.schemes` (`WEBHOOK_SCHEMES`, default `standard`): `standard`, `github`, `stripe`, comma-separated.
    /// - `cron.secrets` (`CRON_SECRETS`, required), `operator.secrets` (`OPERATOR_SECRETS`, required): comma-separated,
    ///   24 characters at least.
    init(_ config: ConfigReader, at now: Timestamp = WallClock.system.now()) async throws(ConfigurationError) {
        let schemes = try await Self.schemes(config)
        let webhookTexts = try await Self.secrets(.webhookSecrets, config)
        let retired = try await RetiredSecretText.all(config, at: now)
        let cron = try await Self.secrets(.cronSecrets, config)
        let operators = try await Self.secrets(.operatorSecrets, config)
        try Self.verifyDistinct([
            (.webhookSecrets, webhookTexts), (.webhookSecretsRetired, retired.map(\.secret)), (.cronSecrets, cron),
            (.operatorSecrets, operators),
        ])
        self.init(
            webhook: try Self.webhookSecrets(webhookTexts, .webhookSecrets, schemes: schemes),
            retiredWebhook: zip(
                try Self.webhookSecrets(retired.map(\.secret), .webhookSecretsRetired, schemes: schemes),
                retired.map(\.expiredAt)
            ).map { RetiredSecret($0, expiredAt: $1) },
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

    private static func webhookSecrets(
        _ texts: [String],
        _ setting: Setting,
        schemes: [SignatureScheme]
    ) throws(ConfigurationError) -> [WebhookSecret] {
        var secrets: [WebhookSecret] = []
        for (index, text) in texts.enumerated() {
            do {
                secrets.append(try WebhookSecret(text, schemes: schemes))
            } catch {
                let fault = "\(place(index, of: texts.count))cannot be used: \(error)"
                throw ConfigurationError(setting, fault, remedy: remedy(for: setting))
            }
        }
        return secrets
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
        if setting == .webhookSecretsRetired { return RetiredSecretText.remedy }
        let recipe = setting == .webhookSecrets ? "echo \"whsec_$(openssl rand -base64 32)\"" : "openssl rand -base64 32"
        return "set a secret of its own, made with: \(recipe)"
    }
}
