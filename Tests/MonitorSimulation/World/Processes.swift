import GradingCore
import Synchronization

/// The monitors that run, and those that have died and are started anew a while later.
final class Processes: Sendable {
    private struct State {
        /// By place; `nil` while nothing runs there.
        var running: [SimulatedProcess?] = []
        /// Those whose tasks come to their end.
        var dead: [SimulatedProcess] = []
        var starts = 0
        var isFaulty = true
        var isOver = false
    }

    private let timeline: Timeline
    private let state = Mutex(State())

    init(_ timeline: Timeline) {
        self.timeline = timeline
    }

    /// One that takes connections; `nil` when none runs.
    var any: SimulatedProcess? {
        let running = state.withLock { $0.running.compactMap(\.self) }
        return timeline.draw { $0.pick(running) }
    }

    var workUnderWay: [String] {
        state.withLock { $0.running.compactMap(\.self) + $0.dead }.flatMap(\.workUnderWay).sorted()
    }

    func start(at place: Int, _ parts: WorldParts) {
        let (number, isFaulty) = state.withLock { state in
            state.starts += 1
            return (state.starts, state.isFaulty)
        }
        let processState = ProcessState("m\(number)", parts.scenario.processes, isFaulty: isFaulty, timeline) { [self] in
            hasDied(at: place, parts)
        }
        let process = SimulatedProcess(processState, parts)
        state.withLock { state in
            while state.running.count <= place { state.running.append(nil) }
            state.running[place] = process
        }
        parts.auditor.note("\(processState.name) starts")
        process.start()
    }

    private func hasDied(at place: Int, _ parts: WorldParts) {
        guard let process = state.withLock({ $0.running[place] }) else { return }
        state.withLock { state in
            state.running[place] = nil
            state.dead.append(process)
        }
        parts.auditor.died(process.state.name)
        process.windUp()
        timeline.after(timeline.draw { $0.duration(.seconds(1)...(.seconds(90))) }) { [self] in
            if !state.withLock({ $0.isOver }) { start(at: place, parts) }
        }
    }

    /// Nothing befalls them any more.
    func recover() {
        let running = state.withLock { state in
            state.isFaulty = false
            return state.running.compactMap(\.self)
        }
        for process in running { process.state.recover() }
    }

    /// The end of all, and of those that would be started.
    func endAll() {
        let running = state.withLock { state in
            state.isOver = true
            return state.running.compactMap(\.self)
        }
        for process in running { process.state.die() }
    }
}
