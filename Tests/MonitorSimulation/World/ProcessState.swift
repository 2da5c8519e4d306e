import GradingCore
import Synchronization

/// Whether a process lives, is stopped or is dead, and what time of day it believes it is.
///
/// A process that dies is cut off: from then on no access to the database takes effect, no answer reaches it, no sleep ends well.
/// Its tasks then come to their end by themselves, and whatever they still do nobody can see: the same to the world as if they
/// had stopped where they were, and nothing is left behind in memory.
final class ProcessState: Sendable {
    private struct State {
        var isDead = false
        var isFaulty = true
        var skew = Duration.zero
    }

    /// When every world begins: 2026-11-23T10:30:00.000Z.
    static let epoch = Timestamp(milliseconds: 1_795_429_800_000)

    let name: String
    let executor: SimulatedExecutor
    let clock: SimulatedClock
    private let faults: ProcessFaults
    private let timeline: Timeline
    private let state: Mutex<State>
    private let died: @Sendable () -> Void

    init(
        _ name: String,
        _ faults: ProcessFaults,
        isFaulty: Bool,
        _ timeline: Timeline,
        died: @escaping @Sendable () -> Void
    ) {
        self.name = name
        self.faults = faults
        self.timeline = timeline
        self.died = died
        executor = SimulatedExecutor(timeline)
        clock = SimulatedClock(timeline)
        state = Mutex(State(isFaulty: isFaulty))
    }

    var isDead: Bool { state.withLock { $0.isDead } }

    /// What the process believes.
    var now: Timestamp { Self.epoch.advanced(by: timeline.now + state.withLock { $0.skew }) }

    /// A step at which it may die or be stopped.
    func mayFail() {
        guard state.withLock({ $0.isFaulty && !$0.isDead }) else { return }
        if timeline.draw({ $0.happens(faults.crashes) }) {
            die()
        } else if timeline.draw({ $0.happens(faults.stops) }) {
            stop(for: timeline.draw { $0.duration(.seconds(1)...ProcessFaults.longestStop) })
        }
    }

    func die() {
        let isFirst = state.withLock { state in
            defer { state.isDead = true }
            return !state.isDead
        }
        guard isFirst else { return }
        clock.cut()
        executor.isStopped = false
        died()
    }

    /// SIGSTOP, and SIGCONT after a while.
    func stop(for time: Duration) {
        executor.isStopped = true
        timeline.after(time) { [self] in executor.isStopped = false }
    }

    func setClock(off skew: Duration) {
        state.withLock { $0.skew = skew }
    }

    /// Nothing befalls it any more, and its clock is right again.
    func recover() {
        state.withLock { state in
            state.isFaulty = false
            state.skew = .zero
        }
        executor.isStopped = false
    }
}
