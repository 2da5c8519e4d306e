import Testing

@testable import GradingCore

@Suite("The circuit breaker")
struct CircuitBreakerTests {
    private static let certain = CircuitBreaker.Outcome.failed(suspect: nil, quiet: nil)

    private static func failed(_ number: Int) -> CircuitBreaker.Outcome {
        .failed(suspect: TaskID("t\(number)")!, quiet: nil)
    }

    private static func permit(_ breaker: inout CircuitBreaker, at now: Duration) -> CircuitBreaker.Permit? {
        if case .granted(let permit) = breaker.enter(at: now) { permit } else { nil }
    }

    /// One question and its end, both at once.
    private static func ask(_ breaker: inout CircuitBreaker, _ outcome: CircuitBreaker.Outcome, at now: Duration = .zero) throws {
        breaker.leave(try #require(permit(&breaker, at: now)), outcome, at: now)
    }

    private static func opened(at now: Duration = .zero) throws -> CircuitBreaker {
        var breaker = CircuitBreaker()
        for number in 1...5 { try ask(&breaker, failed(number), at: now) }
        return breaker
    }

    @Test("opens at the fifth failure in a row, and not before")
    func opens() throws {
        var breaker = CircuitBreaker()
        for number in 1...4 { try Self.ask(&breaker, Self.failed(number)) }
        #expect(breaker.state == .closed)
        #expect(breaker.failures == 4)
        try Self.ask(&breaker, Self.failed(5))
        #expect(breaker.state == .open)
        #expect(breaker.enter(at: .seconds(10)) == .refused(wait: .seconds(20)))
    }

    @Test("an answer in between starts the count anew")
    func reset() throws {
        var breaker = CircuitBreaker()
        for number in 1...4 { try Self.ask(&breaker, Self.failed(number)) }
        try Self.ask(&breaker, .answered)
        #expect(breaker.failures == 0)
        for number in 1...4 { try Self.ask(&breaker, Self.failed(number)) }
        #expect(breaker.state == .closed)
    }

    @Test("a task that fails again and again counts once, what the server says of itself each time")
    func suspects() throws {
        var breaker = CircuitBreaker()
        for _ in 1...50 { try Self.ask(&breaker, Self.failed(1)) }
        #expect(breaker.failures == 1)
        for _ in 1...3 { try Self.ask(&breaker, Self.certain) }
        #expect(breaker.state == .closed)
        try Self.ask(&breaker, Self.certain)
        #expect(breaker.state == .open)
    }

    @Test("lets one probe through for each interval; a probe that fails waits a whole one again")
    func probes() throws {
        var breaker = try Self.opened()
        #expect(breaker.enter(at: .seconds(29)) == .refused(wait: .seconds(1)))
        let probe = try #require(Self.permit(&breaker, at: .seconds(30)))
        #expect(breaker.state == .halfOpen)
        #expect(breaker.enter(at: .seconds(31)) == .probing)
        #expect(breaker.enter(at: .seconds(300)) == .probing)
        breaker.leave(probe, Self.failed(1), at: .seconds(60))
        #expect(breaker.state == .open)
        #expect(breaker.enter(at: .seconds(89)) == .refused(wait: .seconds(1)))
        #expect(Self.permit(&breaker, at: .seconds(90)) != nil)
    }

    @Test("closes when the probe is answered, and takes five failures to open again")
    func closes() throws {
        var breaker = try Self.opened()
        try Self.ask(&breaker, .answered, at: .seconds(30))
        #expect(breaker.state == .closed)
        for number in 1...4 { try Self.ask(&breaker, Self.failed(number), at: .seconds(31)) }
        #expect(breaker.state == .closed)
    }

    @Test("a probe that was called back leaves the next question to find out")
    func calledBack() throws {
        var breaker = try Self.opened()
        try Self.ask(&breaker, .unknown, at: .seconds(30))
        #expect(breaker.state == .open)
        #expect(Self.permit(&breaker, at: .seconds(30)) != nil)
    }

    @Test("what was asked before it opened neither closes it nor counts against the probe")
    func latecomers() throws {
        var breaker = CircuitBreaker()
        let early = try #require(Self.permit(&breaker, at: .zero))
        let other = try #require(Self.permit(&breaker, at: .zero))
        for number in 1...5 { try Self.ask(&breaker, Self.failed(number)) }
        breaker.leave(early, .answered, at: .seconds(1))
        #expect(breaker.state == .open)
        let probe = try #require(Self.permit(&breaker, at: .seconds(30)))
        breaker.leave(other, Self.failed(9), at: .seconds(31))
        #expect(breaker.state == .halfOpen)
        breaker.leave(probe, .answered, at: .seconds(32))
        #expect(breaker.state == .closed)
    }

    @Test("quiet that the server asks for holds in every state, the longest of several")
    func quiet() throws {
        var breaker = CircuitBreaker()
        let early = try #require(Self.permit(&breaker, at: .zero))
        try Self.ask(&breaker, .failed(suspect: nil, quiet: .seconds(60)))
        breaker.leave(early, .failed(suspect: nil, quiet: .seconds(5)), at: .seconds(1))
        #expect(breaker.state == .closed)
        #expect(breaker.enter(at: .seconds(59)) == .refused(wait: .seconds(1)))
        #expect(Self.permit(&breaker, at: .seconds(60)) != nil)

        var open = CircuitBreaker(BreakerPolicy(failures: 1, interval: .seconds(30)))
        try Self.ask(&open, .failed(suspect: nil, quiet: .seconds(100)))
        #expect(open.enter(at: .seconds(40)) == .refused(wait: .seconds(60)))
    }

    static let errors: [(GradingServerError, GradingServerFault)] = [
        (.timeout, .serverOrTask), (.connection("refused"), .serverOrTask), (.status(500), .serverOrTask),
        (.status(502), .serverOrTask), (.status(429), .server), (.status(503), .server),
        (.busy(status: 503, quiet: .seconds(1)), .server), (.status(404), .task), (.status(302), .task),
        (.status(401), .task), (.tooLarge(limit: 4 << 20), .task), (.cancelled, .nobody),
    ]

    @Test("what tells against the server and what against the task alone", arguments: CircuitBreakerTests.errors)
    func faults(_ error: GradingServerError, _ fault: GradingServerFault) {
        #expect(error.fault == fault)
    }

    @Test("any whole answer shows that the server is there, garbage too")
    func answers() {
        let task = TaskID("t1")!
        #expect(CircuitBreaker.Outcome(.success([]), about: task) == .answered)
        #expect(CircuitBreaker.Outcome(.failure(.status(404)), about: task) == .answered)
        #expect(CircuitBreaker.Outcome(.failure(.timeout), about: task) == Self.failed(1))
        let busy = CircuitBreaker.Outcome(.failure(.busy(status: 429, quiet: .seconds(7))), about: task)
        #expect(busy == .failed(suspect: nil, quiet: .seconds(7)))
    }
}
