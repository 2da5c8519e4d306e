import GradingCore

/// Rate limits by client.
struct RequestLimiter: Sendable {
    let limiter: RateLimiter
    let clients: ClientResolver
    let wallClock: WallClock

    /// Counts the request against the limit.
    func take(_ limit: RateLimit, _ request: APIRequest) -> RateLimitVerdict {
        let decision = limiter.take(limit, client: clients.client(of: request), now: wallClock.now())
        return RateLimitVerdict(limit: limit, decision: decision)
    }
}
