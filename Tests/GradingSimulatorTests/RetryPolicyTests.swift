import Testing

@testable import GradingSimulator

@Suite("Retry policy")
struct RetryPolicyTests {
    @Test("waits double, lie between half and all of the full wait, and stay under the cap")
    func growth() {
        let policy = RetryPolicy()
        var random = SplitMix64(seed: 1)
        for (attempt, full) in [(1, 0.5), (2, 1), (3, 2), (6, 16), (7, 30), (60, 30), (1_000, 30)] {
            for _ in 0..<100 {
                let delay = policy.delay(after: attempt, using: &random)
                #expect((.seconds(full / 2) ... .seconds(full)).contains(delay))
            }
        }
    }

    @Test("two senders that fail together wait differently")
    func jitter() {
        var random = SplitMix64(seed: 1)
        let delays = Set((0..<100).map { _ in RetryPolicy().delay(after: 5, using: &random) })
        #expect(delays.count > 90)
    }

    @Test("Retry-After lengthens a wait, up to the cap")
    func retryAfter() {
        var random = SplitMix64(seed: 1)
        #expect(RetryPolicy().delay(after: 1, retryAfter: .seconds(7), using: &random) == .seconds(7))
        #expect(RetryPolicy().delay(after: 1, retryAfter: .seconds(3_600), using: &random) == .seconds(30))
    }
}
