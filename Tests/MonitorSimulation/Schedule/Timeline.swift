import Synchronization

/// All that happens in one simulated world, one step at a time: the jobs of its tasks and the timers of its edges.
///
/// While a job is ready, one of them runs, and the seed says which. Time stands still meanwhile; when no job is ready, it
/// moves to the next timer. Nothing of a world runs anywhere else, so a seed makes the same run each time.
package final class Timeline: Sendable {
    private struct ReadyJob {
        let job: UnownedJob
        let executor: SimulatedExecutor
    }

    private struct State {
        var now = Duration.zero
        var ready: [ReadyJob] = []
        var timers = TimerHeap()
        var random: SeededGenerator
        var steps = 0
    }

    private let state: Mutex<State>

    package init(seed: UInt64) {
        state = Mutex(State(random: SeededGenerator(seed: seed)))
    }

    /// Since the world began.
    package var now: Duration { state.withLock { $0.now } }

    /// Jobs and timers that have run.
    package var steps: Int { state.withLock { $0.steps } }

    /// Draws from the one source of chance.
    package func draw<Value: Sendable>(_ body: (inout SeededGenerator) -> Value) -> Value {
        state.withLock { body(&$0.random) }
    }

    /// Runs `action` when so much time has passed.
    package func after(_ delay: Duration, _ action: @escaping @Sendable () -> Void) {
        state.withLock { $0.timers.insert(at: $0.now + max(.zero, delay), action) }
    }

    /// Returns when so much time has passed; cannot be cancelled.
    package func pass(_ delay: Duration) async {
        guard delay > .zero else { return }
        await withCheckedContinuation { continuation in
            after(delay) { continuation.resume() }
        }
    }

    func enqueue(_ job: UnownedJob, on executor: SimulatedExecutor) {
        state.withLock { $0.ready.append(ReadyJob(job: job, executor: executor)) }
    }

    // MARK: Running

    /// Runs one step after the other until `end` is reached and nothing is ready, or `mayGoOn` says no.
    package func run(until end: Duration, while mayGoOn: () -> Bool = { true }) {
        while mayGoOn(), let step = nextStep(before: end) { perform(step) }
    }

    private enum Step {
        case job(ReadyJob)
        case timer(@Sendable () -> Void)
    }

    private func nextStep(before end: Duration) -> Step? {
        state.withLock { state in
            if let job = Self.takeJob(&state) { return .job(job) }
            guard let timer = state.timers.popFirst(before: end) else {
                state.now = max(state.now, end)
                return nil
            }
            state.now = max(state.now, timer.deadline)
            state.steps += 1
            return .timer(timer.action)
        }
    }

    /// Any order is one that the global pool might have chosen. Those of a process that is stopped wait.
    private static func takeJob(_ state: inout State) -> ReadyJob? {
        let runnable = state.ready.indices.filter { !state.ready[$0].executor.isStopped }
        guard let position = state.random.pick(runnable) else { return nil }
        state.steps += 1
        return state.ready.remove(at: position)
    }

    private func perform(_ step: Step) {
        switch step {
        case .job(let ready): ready.executor.run(ready.job)
        case .timer(let action): action()
        }
    }
}

/// Timers by deadline, those of one deadline in the order in which they were set.
private struct TimerHeap {
    struct Timer {
        let deadline: Duration
        let sequence: Int
        let action: @Sendable () -> Void

        static func < (lhs: Timer, rhs: Timer) -> Bool { (lhs.deadline, lhs.sequence) < (rhs.deadline, rhs.sequence) }
    }

    private var timers: [Timer] = []
    private var sequence = 0

    mutating func insert(at deadline: Duration, _ action: @escaping @Sendable () -> Void) {
        sequence += 1
        timers.append(Timer(deadline: deadline, sequence: sequence, action: action))
        var child = timers.count - 1
        while child > 0, timers[child] < timers[(child - 1) / 2] {
            timers.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func popFirst(before end: Duration) -> Timer? {
        guard let first = timers.first, first.deadline <= end else { return nil }
        timers.swapAt(0, timers.count - 1)
        timers.removeLast()
        var parent = 0
        while true {
            let smallest = [parent, 2 * parent + 1, 2 * parent + 2].filter { $0 < timers.count }.min { timers[$0] < timers[$1] }
            guard let smallest, smallest != parent else { return first }
            timers.swapAt(parent, smallest)
            parent = smallest
        }
    }
}
