import Logging
import Synchronization

/// The way to the grading server that all checks of this process share: its pace, and the breaker that closes it.
///
/// Callbacks do not come this way: an open breaker leaves them untouched.
final class GradingServerGate: Sendable {
    enum Entry: Sendable, Equatable {
        case granted(CircuitBreaker.Permit)
        /// The server is to be left alone, for this long at least.
        case refused(wait: Duration)
    }

    private let pacer: RequestPacer
    private let breaker: Mutex<CircuitBreaker>
    private let clock: any Clock<Duration>
    private let stopwatch: Stopwatch
    private let wallClock: WallClock
    private let metrics: GradingServerMetrics
    private let logger: Logger

    init(
        policy: SweepPolicy,
        wallClock: WallClock,
        clock: any Clock<Duration>,
        metrics: GradingServerMetrics,
        logger: Logger
    ) {
        pacer = RequestPacer(requestsPerSecond: policy.requestsPerSecond, clock: clock)
        breaker = Mutex(CircuitBreaker(policy.breaker))
        self.clock = clock
        stopwatch = Stopwatch(clock)
        self.wallClock = wallClock
        self.metrics = metrics
        self.logger = logger
        metrics.note(.closed)
    }

    /// Whether questions go through one by one at most: the breaker is not closed.
    var isNarrow: Bool { breaker.withLock { $0.state } != .closed }

    /// How long nothing may be asked.
    var wait: Duration { breaker.withLock { $0.wait(at: stopwatch.elapsed()) } }

    var health: GradingServerHealth {
        breaker.withLock { breaker in
            let wait = breaker.wait(at: stopwatch.elapsed())
            return GradingServerHealth(
                breaker: breaker.state,
                failuresInARow: breaker.failures,
                nextQuestionAt: wait > .zero ? wallClock.now().advanced(by: wait) : nil
            )
        }
    }

    /// Waits for a turn, and for as long as `patience` allows when the server wants to be left alone.
    func enter(patience: Duration) async throws(CancellationError) -> Entry {
        var patience = patience
        while true {
            let wait = wait
            guard wait <= patience else { return .refused(wait: wait) }
            patience -= wait
            if wait > .zero { try await sleep(for: wait) }
            try await pacer.waitForTurn()
            switch changing({ $0.enter(at: stopwatch.elapsed()) }) {
            case .granted(let permit): return .granted(permit)
            case .probing: return .refused(wait: .zero)
            // It closed while we waited for our turn.
            case .refused: continue
            }
        }
    }

    /// Gives back a permit, with what became of the question.
    func leave(_ permit: CircuitBreaker.Permit, _ outcome: CircuitBreaker.Outcome) {
        changing { $0.leave(permit, outcome, at: stopwatch.elapsed()) }
    }

    private func sleep(for wait: Duration) async throws(CancellationError) {
        do { try await clock.sleep(for: wait) } catch { throw CancellationError() }
    }

    private func changing<Value: Sendable>(_ change: (inout CircuitBreaker) -> Value) -> Value {
        let (value, before, after) = breaker.withLock { breaker in
            let before = breaker.state
            return (change(&breaker), before, breaker.state)
        }
        if before != after { note(after, since: before) }
        return value
    }

    private func note(_ state: CircuitBreaker.State, since former: CircuitBreaker.State) {
        metrics.note(state)
        switch state {
        case .open where former == .closed:
            metrics.countOpening()
            logger.warning("The grading server fails again and again; it is left alone, callbacks are taken as before")
        case .open, .halfOpen: break
        case .closed: logger.info("The grading server answers again")
        }
    }
}
