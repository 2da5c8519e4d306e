/// Whether a request may pass, and what to say about it in `RateLimit` and `Retry-After`.
package struct RateLimitDecision: Sendable, Equatable {
    package let isAllowed: Bool
    /// Requests left right now.
    package let remaining: Int
    /// Until the quota is whole again.
    package let resetAfter: Duration
    /// Until the next request would pass; zero when this one did.
    package let retryAfter: Duration

    package init(isAllowed: Bool, remaining: Int, resetAfter: Duration, retryAfter: Duration) {
        self.isAllowed = isAllowed
        self.remaining = remaining
        self.resetAfter = resetAfter
        self.retryAfter = retryAfter
    }
}
