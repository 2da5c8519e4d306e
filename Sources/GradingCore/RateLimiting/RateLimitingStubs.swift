// STUB: replaced by the real implementation. Signatures are agreed.

package struct RateLimit: Sendable, Equatable {
    /// The policy's name in `RateLimit-Policy`: `cron`, `manual`, `bad-signature`.
    package let name: String
    /// Requests per window, 1 or more.
    package let quota: Int
    package let window: Duration
    package init(name: String, quota: Int, window: Duration) { self.name = name; self.quota = quota; self.window = window }
}
package struct RateLimitDecision: Sendable, Equatable {
    package let isAllowed: Bool
    /// Requests left right now.
    package let remaining: Int
    /// Until the quota is whole again.
    package let resetAfter: Duration
    /// Until the next request would pass; zero when this one did.
    package let retryAfter: Duration
}
/// GCRA over a bounded table of clients.
package final class RateLimiter: Sendable {
    package init(maximumClients: Int = 10_000) { fatalError() }
    package func take(_ limit: RateLimit, client: String, now: Timestamp) -> RateLimitDecision { fatalError() }
}
