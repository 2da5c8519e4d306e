import Synchronization

/// The time of a timeline, as one process waits for it.
package final class SimulatedClock: Clock, Sendable {
    package struct Instant: InstantProtocol {
        var offset: Duration

        package func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }

        package func duration(to other: Instant) -> Duration { other.offset - offset }

        package static func < (lhs: Instant, rhs: Instant) -> Bool { lhs.offset < rhs.offset }
    }

    private struct State {
        var isCut = false
        var nextID = 0
        /// In the order in which they fell asleep.
        var sleepers: [(id: Int, continuation: CheckedContinuation<Void, any Error>)] = []

        mutating func remove(_ id: Int) -> CheckedContinuation<Void, any Error>? {
            sleepers.firstIndex { $0.id == id }.map { sleepers.remove(at: $0).continuation }
        }
    }

    private let timeline: Timeline
    private let state = Mutex(State())

    package init(_ timeline: Timeline) {
        self.timeline = timeline
    }

    package var now: Instant { Instant(offset: timeline.now) }
    package var minimumResolution: Duration { .milliseconds(1) }

    package func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let maySleep = state.withLock { state in
                    guard !state.isCut, !Task.isCancelled else { return false }
                    state.sleepers.append((id, continuation))
                    return true
                }
                guard maySleep else { return continuation.resume(throwing: CancellationError()) }
                timeline.after(deadline.offset - timeline.now) { [self] in
                    state.withLock { $0.remove(id) }?.resume()
                }
            }
        } onCancel: {
            state.withLock { $0.remove(id) }?.resume(throwing: CancellationError())
        }
    }

    /// The process is gone: whoever sleeps wakes with an error, and so does whoever wants to.
    func cut() {
        let sleepers = state.withLock { state in
            state.isCut = true
            defer { state.sleepers = [] }
            return state.sleepers
        }
        for sleeper in sleepers { sleeper.continuation.resume(throwing: CancellationError()) }
    }
}
