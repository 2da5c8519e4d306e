import TestSupport
import Testing

@testable import GradingCore

@Suite("Pacing of requests", .timeLimit(.minutes(1)))
struct PacerTests {
    @Test("requests that come at once start evenly spaced")
    func spacing() async throws {
        let clock = TestClock()
        let pacer = RequestPacer(requestsPerSecond: 10, clock: clock)
        try await pacer.waitForTurn()
        let turns = (1...3).map { _ in Task { try await pacer.waitForTurn() } }
        await clock.sleepers(3)
        #expect(clock.deadlines == [.milliseconds(100), .milliseconds(200), .milliseconds(300)])
        clock.advance(by: .milliseconds(300))
        for turn in turns { try await turn.value }
    }

    @Test("a late sleeper does not push those behind it back")
    func lateSleeper() async throws {
        let clock = TestClock()
        let pacer = RequestPacer(requestsPerSecond: 10, clock: clock)
        try await pacer.waitForTurn()
        let second = Task { try await pacer.waitForTurn() }
        await clock.sleepers(1)
        clock.advance(by: .milliseconds(150))
        try await second.value
        let third = Task { try await pacer.waitForTurn() }
        await clock.sleepers(1)
        #expect(clock.deadlines == [.milliseconds(200)])
        clock.advance(by: .milliseconds(50))
        try await third.value
    }

    @Test("idle time is not saved up for a burst")
    func idle() async throws {
        let clock = TestClock()
        let pacer = RequestPacer(requestsPerSecond: 10, clock: clock)
        try await pacer.waitForTurn()
        clock.advance(by: .seconds(60))
        try await pacer.waitForTurn()
        let next = Task { try await pacer.waitForTurn() }
        await clock.sleepers(1)
        #expect(clock.deadlines == [.milliseconds(60_100)])
        clock.advance(by: .milliseconds(100))
        try await next.value
    }

    @Test("a cancelled waiter throws at once")
    func cancelled() async throws {
        let clock = TestClock()
        let pacer = RequestPacer(requestsPerSecond: 10, clock: clock)
        try await pacer.waitForTurn()
        let waiter = Task { try await pacer.waitForTurn() }
        await clock.sleepers(1)
        waiter.cancel()
        await #expect(throws: CancellationError.self) { try await waiter.value }
    }

    @Test("no rate means no waiting")
    func unlimited() async throws {
        let clock = TestClock()
        let pacer = RequestPacer(requestsPerSecond: 0, clock: clock)
        for _ in 1...100 { try await pacer.waitForTurn() }
        #expect(clock.deadlines.isEmpty)
    }
}
