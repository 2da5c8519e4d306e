/// Whether the grading server may be asked at all: a pure state machine between "it answers" and "it is left alone".
///
/// ```
///            failures in a row                 interval is over: one probe
///   closed ------------------------> open ------------------------------> half-open
///      ^                              ^  the probe fails                    |   |
///      |                              +-------------------------------------+   |
///      +------------------------------------------------------------------------+
///                                the probe is answered
/// ```
///
/// It counts what tells against the server as a whole: see ``GradingServerError/fault``. A task whose question alone hangs or
/// breaks the connection counts once in a row, so that no single task closes the way to all others. What the server asks for
/// itself (`Retry-After`) holds in every state.
///
/// Times are those of a clock that never goes back, counted from any fixed moment.
package struct CircuitBreaker: Sendable, Equatable {
    /// The right to ask one question; comes back with what became of it.
    struct Permit: Sendable, Equatable {
        fileprivate let generation: Int
    }

    enum Entry: Sendable, Equatable {
        case granted(Permit)
        /// Not before this time is over.
        case refused(wait: Duration)
        /// One question is under way to find out; its end decides.
        case probing
    }

    enum Outcome: Sendable, Equatable {
        /// The server is there, whatever it said about the task.
        case answered
        /// - Parameters:
        ///   - task: the task that may be to blame instead; `nil` when the server itself is.
        ///   - quiet: how long the server asked to be left alone.
        case failed(suspect: TaskID?, quiet: Duration?)
        /// The question was called back.
        case unknown
    }

    package enum State: String, Sendable, Equatable {
        case closed
        case open
        case halfOpen = "half-open"
    }

    private enum Phase: Sendable, Equatable {
        /// Failures in a row: of the server itself, and of each suspect.
        case closed(certain: Int, suspects: Set<TaskID>)
        case open(probeAt: Duration)
        case halfOpen
    }

    let policy: BreakerPolicy
    private var phase = Phase.closed(certain: 0, suspects: [])
    private var quietUntil = Duration.zero
    /// Grows with each change of phase: what was asked before it says nothing about what holds now.
    private var generation = 0

    init(_ policy: BreakerPolicy = BreakerPolicy()) {
        self.policy = policy
    }

    var state: State {
        switch phase {
        case .closed: .closed
        case .open: .open
        case .halfOpen: .halfOpen
        }
    }

    /// Failures in a row so far, while it is closed.
    var failures: Int {
        if case .closed(let certain, let suspects) = phase { certain + suspects.count } else { 0 }
    }

    /// How long nothing may be asked; zero when a question might be let through.
    func wait(at now: Duration) -> Duration {
        var end = quietUntil
        if case .open(let probeAt) = phase { end = max(end, probeAt) }
        return max(.zero, end - now)
    }

    /// Asks for leave to send one question.
    mutating func enter(at now: Duration) -> Entry {
        let wait = wait(at: now)
        guard wait == .zero else { return .refused(wait: wait) }
        switch phase {
        case .closed: break
        case .open: change(to: .halfOpen)
        case .halfOpen: return .probing
        }
        return .granted(Permit(generation: generation))
    }

    /// Takes back a permit. That of an earlier phase changes none, for it was asked before.
    mutating func leave(_ permit: Permit, _ outcome: Outcome, at now: Duration) {
        if case .failed(_, let quiet?) = outcome { quietUntil = max(quietUntil, now + quiet) }
        guard permit.generation == generation else { return }
        switch (phase, outcome) {
        case (.closed(let certain, let suspects), .failed(let suspect, _)):
            count(suspect, certain, suspects, at: now)
        case (.closed, .answered): phase = .closed(certain: 0, suspects: [])
        case (.halfOpen, .failed): change(to: .open(probeAt: now + policy.interval))
        case (.halfOpen, .answered): change(to: .closed(certain: 0, suspects: []))
        // Nothing was learned: the next question is the probe.
        case (.halfOpen, .unknown): change(to: .open(probeAt: now))
        case (.closed, .unknown), (.open, _): break
        }
    }

    private mutating func count(_ suspect: TaskID?, _ certain: Int, _ suspects: Set<TaskID>, at now: Duration) {
        let certain = certain + (suspect == nil ? 1 : 0)
        let suspects = suspects.union(suspect.map { [$0] } ?? [])
        if certain + suspects.count >= max(1, policy.failures) {
            change(to: .open(probeAt: now + policy.interval))
        } else {
            phase = .closed(certain: certain, suspects: suspects)
        }
    }

    private mutating func change(to next: Phase) {
        phase = next
        generation += 1
    }
}
