import GradingCore
import MonitorAPI

/// All that `serve` needs to know.
struct MonitorConfiguration: Sendable {
    var reconciliation: ReconciliationConfiguration
    var secrets: SecretsConfiguration
    /// The address to listen on: this machine only, unless told otherwise.
    var host = "127.0.0.1"
    /// 0 takes a free port.
    var port = 3_000
    /// Addresses or networks whose `X-Forwarded-For` is believed: none.
    var trustedProxies: [AddressBlock] = []
    var cronLimit = RateLimit(name: "cron", quota: 6, window: .seconds(60))
    var manualLimit = RateLimit(name: "manual", quota: 30, window: .seconds(60))
    /// How often a student may be graded, and whether a failed one is graded again by itself.
    var attempts = AttemptPolicy()

    init(reconciliation: ReconciliationConfiguration, secrets: SecretsConfiguration) {
        self.reconciliation = reconciliation
        self.secrets = secrets
    }
}
