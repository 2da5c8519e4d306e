import Testing

@testable import GradingCore

@Suite("Rate limits")
struct RateLimitTests {
    static let manual = RateLimit(name: "manual", quota: 30, window: .seconds(60))
    static let start = Timestamp(milliseconds: 1_700_000_000_000)

    static func at(_ offset: Duration) -> Timestamp { start.advanced(by: offset) }

    @Test("thirty at once, then one each two seconds")
    func burst() {
        let limiter = RateLimiter()
        for left in (0..<30).reversed() {
            let decision = limiter.take(Self.manual, client: "a", now: Self.start)
            #expect(decision.isAllowed)
            #expect(decision.remaining == left)
            #expect(decision.retryAfter == .zero)
            #expect(decision.resetAfter == .seconds(60 - 2 * left))
        }
        let refused = RateLimitDecision(
            isAllowed: false,
            remaining: 0,
            resetAfter: .seconds(60),
            retryAfter: .seconds(2)
        )
        #expect(limiter.take(Self.manual, client: "a", now: Self.start) == refused)
        #expect(!limiter.take(Self.manual, client: "a", now: Self.at(.milliseconds(1_999))).isAllowed)
        #expect(limiter.take(Self.manual, client: "a", now: Self.at(.seconds(2))).isAllowed)
        #expect(!limiter.take(Self.manual, client: "a", now: Self.at(.seconds(2))).isAllowed)
    }

    @Test("a refused request costs nothing, and the quota is whole again after the window")
    func refusalIsFree() {
        let limiter = RateLimiter()
        for _ in 1...100 { _ = limiter.take(Self.manual, client: "a", now: Self.start) }
        let decision = limiter.take(Self.manual, client: "a", now: Self.at(.seconds(60)))
        #expect(decision.isAllowed)
        #expect(decision.remaining == 29)
    }

    @Test("clients and limits do not share a quota")
    func keys() {
        let limiter = RateLimiter()
        let one = RateLimit(name: "one", quota: 1, window: .seconds(60))
        let two = RateLimit(name: "two", quota: 1, window: .seconds(60))
        #expect(limiter.take(one, client: "a", now: Self.start).isAllowed)
        #expect(!limiter.take(one, client: "a", now: Self.start).isAllowed)
        #expect(limiter.take(one, client: "b", now: Self.start).isAllowed)
        #expect(limiter.take(two, client: "a", now: Self.start).isAllowed)
    }

    @Test("a clock that is set back costs a client one request's wait, not the difference")
    func clockSetBack() {
        let limiter = RateLimiter()
        for _ in 1...5 { _ = limiter.take(Self.manual, client: "a", now: Self.start) }
        let hourAgo = Self.at(.seconds(-3_600))
        let decision = limiter.take(Self.manual, client: "a", now: hourAgo)
        #expect(!decision.isAllowed)
        #expect(decision.retryAfter == .seconds(2))
        #expect(limiter.take(Self.manual, client: "a", now: hourAgo.advanced(by: .seconds(2))).isAllowed)
    }

    @Test("a quota that does not divide its window is never exceeded")
    func unevenQuota() {
        let limiter = RateLimiter()
        let limit = RateLimit(name: "uneven", quota: 7, window: .seconds(60))
        let allowed = (0..<60_000).count { limiter.take(limit, client: "a", now: Self.at(.milliseconds($0))).isAllowed }
        // The burst of seven, and what is earned back in just under a minute.
        #expect(allowed == 13)
    }

    @Test("a flood of clients does not reset the one that has used up its quota")
    func flood() {
        let limiter = RateLimiter(maximumClients: 100)
        for _ in 1...30 { _ = limiter.take(Self.manual, client: "greedy", now: Self.start) }
        for number in 1...10_000 { _ = limiter.take(Self.manual, client: "c\(number)", now: Self.start) }
        #expect(!limiter.take(Self.manual, client: "greedy", now: Self.start).isAllowed)
    }
}
