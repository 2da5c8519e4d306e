import GradingCore
import Testing

/// For stores that count for several instances; one that says that it does not has nothing to prove.
extension StoreConformance {
    private static let limit = RateLimit(name: "manual", quota: 3, window: .seconds(60))

    static let rateLimitChecks = [
        ConformanceCheck("a shared rate limit counts as one process's own does, to the number") { harness in
            let own = RateLimiter()
            // A burst beyond the quota, then time enough for one and for all; a clock that was set back at the end.
            for milliseconds in [0, 0, 0, 0, 1, 19_999, 20_000, 20_000, 45_000, 200_000, 200_000, 200_001, 200_002, -3_600_000] {
                let now = Timestamp.start.advanced(by: .milliseconds(milliseconds))
                guard let shared = try await harness.store.take(limit, client: "a", at: now) else { return }
                #expect(shared == own.take(limit, client: "a", now: now), "at \(milliseconds) ms")
            }
        },
        ConformanceCheck("a shared rate limit honours the quota and says when to come back") { harness in
            for left in [2, 1, 0] {
                guard let decision = try await harness.store.take(limit, client: "a", at: .start) else { return }
                #expect(decision.isAllowed)
                #expect(decision.remaining == left)
            }
            let refused = try await harness.store.take(limit, client: "a", at: .start)
            #expect(
                refused
                    == RateLimitDecision(isAllowed: false, remaining: 0, resetAfter: .seconds(60), retryAfter: .seconds(20))
            )
            #expect(try await harness.store.take(limit, client: "a", at: .start.after(20))?.isAllowed == true)
        },
        ConformanceCheck("a shared rate limit keeps clients and limits apart") { harness in
            let one = RateLimit(name: "one", quota: 1, window: .seconds(60))
            let other = RateLimit(name: "other", quota: 1, window: .seconds(60))
            guard let first = try await harness.store.take(one, client: "a", at: .start) else { return }
            #expect(first.isAllowed)
            #expect(try await harness.store.take(one, client: "a", at: .start)?.isAllowed == false)
            #expect(try await harness.store.take(one, client: "b", at: .start)?.isAllowed == true)
            #expect(try await harness.store.take(other, client: "a", at: .start)?.isAllowed == true)
        },
        ConformanceCheck("of many requests at once, a shared rate limit lets the quota through and no more") { harness in
            guard try await harness.store.take(limit, client: "other", at: .start) != nil else { return }
            let allowed = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<12 {
                    group.addTask { try await harness.store.take(limit, client: "a", at: .start)?.isAllowed == true }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(allowed == 3)
        },
    ]
}
