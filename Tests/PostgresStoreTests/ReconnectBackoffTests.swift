import Testing

@testable import PostgresStore

@Suite("When a lost server is tried again")
struct ReconnectBackoffTests {
    private let start = ContinuousClock.now
    private var backoff = ReconnectBackoff()

    /// Tries and fails, and returns how long nobody may try after that.
    private mutating func pauseAfterFailure(random: Double = 1, at now: ContinuousClock.Instant) -> Duration {
        guard let attempt = backoff.begin(at: now) else { return .zero }
        backoff.failed(attempt, "refused", at: now, random: random)
        var probe = backoff
        return (0...1_000).lazy.map { .milliseconds($0) }.first { probe.begin(at: now + $0) != nil } ?? .seconds(1)
    }

    @Test("while nothing has failed everybody may connect at once")
    mutating func healthy() {
        #expect(backoff.begin(at: start) != nil)
        #expect(backoff.begin(at: start) != nil)
    }

    @Test("the pauses double up to half a second")
    mutating func doubling() {
        let pauses = (0..<5).map { pauseAfterFailure(at: start + .seconds(10 * $0)) }
        #expect(pauses == [100, 200, 400, 500, 500].map { .milliseconds($0) })
    }

    @Test("chance takes off up to half of a pause")
    mutating func jitter() {
        #expect(pauseAfterFailure(random: 0, at: start) == .milliseconds(50))
        #expect(pauseAfterFailure(random: 0.5, at: start + .seconds(10)) == .milliseconds(150))
    }

    @Test("of several tries that fail together one counts, and the reason is the first one's")
    mutating func together() throws {
        let attempts = [backoff.begin(at: start), backoff.begin(at: start)]
        let (first, second) = (try #require(attempts[0]), try #require(attempts[1]))
        backoff.failed(first, "refused", at: start, random: 1)
        backoff.failed(second, "refused too", at: start + .milliseconds(80), random: 1)
        #expect(backoff.reason == "refused")
        #expect(backoff.begin(at: start + .milliseconds(99)) == nil)
        #expect(backoff.begin(at: start + .milliseconds(100)) != nil)
    }

    @Test("after a pause one tries for all; when it hangs, another may after a second")
    mutating func oneProbe() {
        _ = pauseAfterFailure(at: start)
        let probing = start + .milliseconds(100)
        #expect(backoff.begin(at: probing) != nil)
        #expect(backoff.begin(at: probing + .milliseconds(999)) == nil)
        #expect(backoff.begin(at: probing + .seconds(1)) != nil)
    }

    @Test("a success opens the way for everybody, and a failure from before it does not close it again")
    mutating func success() throws {
        _ = pauseAfterFailure(at: start)
        let attempts = [1, 3].map { backoff.begin(at: start + .seconds($0)) }
        let hanging = try #require(attempts[0])
        #expect(attempts[1] != nil)
        backoff.succeeded()
        #expect(backoff.begin(at: start + .seconds(3)) != nil)
        backoff.failed(hanging, "timeout", at: start + .seconds(4), random: 1)
        #expect(backoff.begin(at: start + .seconds(4)) != nil)
        #expect(pauseAfterFailure(at: start + .seconds(5)) == .milliseconds(100))
    }
}
