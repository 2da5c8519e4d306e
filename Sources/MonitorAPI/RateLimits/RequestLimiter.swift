import GradingCore

/// Rate limits by client.
struct RequestLimiter: Sendable {
    let limiter: RateLimiter
    let store: any Store
    let clients: ClientResolver
    let wallClock: WallClock

    /// Counts the request against the limit in this process's memory: for those who have not shown a secret, and must not
    /// reach the database.
    func take(_ limit: RateLimit, _ request: APIRequest) -> RateLimitVerdict {
        take(limit, client: clients.client(of: request), at: wallClock.now())
    }

    /// Counts the request against the limit that all instances on one database share.
    ///
    /// This process counts too, all the time: when the database does not answer, the gate is as open as its own count says.
    func takeShared(_ limit: RateLimit, _ request: APIRequest) async -> RateLimitVerdict {
        let client = clients.client(of: request)
        let now = wallClock.now()
        let own = take(limit, client: client, at: now)
        guard let shared = try? await store.take(limit, client: client, at: now) else { return own }
        return RateLimitVerdict(limit: limit, decision: shared)
    }

    private func take(_ limit: RateLimit, client: String, at now: Timestamp) -> RateLimitVerdict {
        RateLimitVerdict(limit: limit, decision: limiter.take(limit, client: client, now: now))
    }
}
