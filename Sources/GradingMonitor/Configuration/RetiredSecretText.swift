import Configuration
import GradingCore

/// A member of `WEBHOOK_SECRETS_RETIRED`: `whsec_…@2026-11-27T00:00:00Z`.
struct RetiredSecretText: Sendable {
    let secret: String
    let expiredAt: Timestamp

    static let remedy = "set it to SECRET@TIME,…, each a former one of WEBHOOK_SECRETS and when it was taken out, or leave it out"

    static func all(_ config: ConfigReader, at now: Timestamp) async throws(ConfigurationError) -> [RetiredSecretText] {
        var retired: [RetiredSecretText] = []
        for text in try await config.list(.webhookSecretsRetired) { retired.append(try RetiredSecretText(text, at: now)) }
        return retired
    }

    /// A secret as text may hold an `@`: the last one counts.
    private init(_ text: String, at now: Timestamp) throws(ConfigurationError) {
        guard let at = text.lastIndex(of: "@"), let time = Self.time(text[text.index(after: at)...]) else {
            throw ConfigurationError(
                .webhookSecretsRetired,
                "holds a secret without the time at which it expired",
                remedy: Self.remedy
            )
        }
        guard time <= now else {
            throw ConfigurationError(
                .webhookSecretsRetired,
                "holds a secret whose time is still to come: none of these is accepted",
                remedy: "leave it in WEBHOOK_SECRETS until then"
            )
        }
        secret = String(text[..<at])
        expiredAt = time
    }

    /// An ISO 8601 time, or a date, which begins at midnight in UTC.
    private static func time(_ text: Substring) -> Timestamp? {
        Timestamp(iso8601: String(text)) ?? Timestamp(iso8601: "\(text)T00:00:00Z")
    }
}
