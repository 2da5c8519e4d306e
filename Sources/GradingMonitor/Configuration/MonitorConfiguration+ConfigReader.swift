import Configuration
import GradingCore
import MonitorAPI

extension MonitorConfiguration {
    /// - `http.host` (`HTTP_HOST`, default `127.0.0.1`): the address to listen on; `0.0.0.0` or `::` for all.
    /// - `http.port` (`HTTP_PORT`, default 3000): 0 to 65,535; 0 takes a free one.
    /// - `trustedProxies` (`TRUSTED_PROXIES`, default none): addresses or networks (`10.0.0.0/8`), comma-separated.
    /// - `rateLimit.cron` (`RATE_LIMIT_CRON`, default `6/60`), `rateLimit.manual` (`RATE_LIMIT_MANUAL`, default `30/60`):
    ///   requests / seconds for one client.
    /// - `max.attempts` (`MAX_ATTEMPTS`, default 3): how often a student may be graded, the first time among them; 1 to 100.
    /// - `retry.automatic` (`RETRY_AUTOMATIC`, default `off`): whether failed tasks are retried by themselves; `on` or `off`.
    /// - `retry.backoff` (`RETRY_BACKOFF`, default `5m,30m,2h`): from each failure to the next attempt; 1 to 16 times of 1 s to 7 days.
    /// - the keys of ``ReconciliationConfiguration`` and ``SecretsConfiguration``.
    init(_ config: ConfigReader) async throws(ConfigurationError) {
        self.init(
            reconciliation: try await ReconciliationConfiguration(config),
            secrets: try await SecretsConfiguration(config)
        )
        host = try await config.text(.httpHost) ?? host
        port = try await config.integer(.httpPort, in: 0...65_535) ?? port
        trustedProxies = try await Self.trustedProxies(config)
        cronLimit = try await config.rateLimit(.rateLimitCron, name: cronLimit.name) ?? cronLimit
        attempts.maximum = try await config.integer(.maxAttempts, in: 1...100) ?? attempts.maximum
        attempts.isAutomatic = try await config.toggle(.retryAutomatic) ?? attempts.isAutomatic
        attempts.waits = try await config.waits(.retryBackoff, example: "5m,30m,2h") ?? attempts.waits
        manualLimit = try await config.rateLimit(.rateLimitManual, name: manualLimit.name) ?? manualLimit
    }

    private static func trustedProxies(_ config: ConfigReader) async throws(ConfigurationError) -> [AddressBlock] {
        var blocks: [AddressBlock] = []
        for text in try await config.list(.trustedProxies) {
            guard let block = AddressBlock(text) else {
                throw ConfigurationError(
                    .trustedProxies,
                    "holds what is neither an address nor a network",
                    remedy: "set it to 10.0.0.0/8,127.0.0.1, say, or leave it out"
                )
            }
            blocks.append(block)
        }
        return blocks
    }
}
