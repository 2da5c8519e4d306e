import GradingCore

/// Asks the database whether it would take a write: seldom, one question at a time, and not for longer than a deadline.
actor DatabaseProbe {
    enum Answer: String, Sendable {
        case ok
        case unavailable
        /// No answer within the deadline; the question still stands.
        case slow
    }

    private let store: any Store
    private let policy: ReadinessPolicy
    private let wallClock: WallClock
    private let clock: any Clock<Duration>
    private var last: (answer: Answer, at: Timestamp)?
    private var question: Task<Answer, Never>?

    init(store: any Store, policy: ReadinessPolicy, wallClock: WallClock, clock: any Clock<Duration>) {
        self.store = store
        self.policy = policy
        self.wallClock = wallClock
        self.clock = clock
    }

    func answer() async -> Answer {
        // An answer from the future is one from before the clock was set back.
        if let last, (.zero..<policy.databaseAnswerAge).contains(last.at.duration(to: wallClock.now())) { return last.answer }
        return await withinDeadline(question ?? ask())
    }

    private func ask() -> Task<Answer, Never> {
        let question = Task {
            let answer: Answer
            do {
                try await store.verifyWritable()
                answer = .ok
            } catch {
                answer = .unavailable
            }
            last = (answer, wallClock.now())
            self.question = nil
            return answer
        }
        self.question = question
        return question
    }

    /// A store that hangs cannot be made to stop: the wait for it ends, the question goes on.
    private func withinDeadline(_ question: Task<Answer, Never>) async -> Answer {
        let (answers, continuation) = AsyncStream.makeStream(of: Answer.self)
        let asking = Task { continuation.yield(await question.value) }
        let timing = Task { [clock, policy] in
            try await clock.sleep(for: policy.databaseDeadline)
            continuation.yield(.slow)
        }
        defer {
            asking.cancel()
            timing.cancel()
        }
        return await answers.first { _ in true } ?? .slow
    }
}
