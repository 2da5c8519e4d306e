import Synchronization

/// A clock that stands still until the test moves it.
package final class TestClock: Clock, Sendable {
    package struct Instant: InstantProtocol {
        package var offset = Duration.zero
        package func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        package func duration(to other: Instant) -> Duration { other.offset - offset }
        package static func < (lhs: Instant, rhs: Instant) -> Bool { lhs.offset < rhs.offset }
    }

    private struct State {
        var now = Instant()
        var nextID = 0
        var sleepers: [Int: (deadline: Instant, continuation: CheckedContinuation<Void, any Error>)] = [:]
        var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    package init() {}

    package var now: Instant { state.withLock { $0.now } }
    package var minimumResolution: Duration { .zero }

    /// When those who sleep want to be woken, in order.
    package var deadlines: [Duration] { state.withLock { $0.sleepers.values.map { $0.deadline.offset }.sorted() } }

    package func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                add(id, deadline, continuation)
            }
        } onCancel: {
            state.withLock { $0.sleepers.removeValue(forKey: id) }?.continuation.resume(throwing: CancellationError())
        }
    }

    private func add(_ id: Int, _ deadline: Instant, _ continuation: CheckedContinuation<Void, any Error>) {
        let reached: [CheckedContinuation<Void, Never>] = state.withLock { state in
            if Task.isCancelled {
                continuation.resume(throwing: CancellationError())
            } else if deadline <= state.now {
                continuation.resume()
            } else {
                state.sleepers[id] = (deadline, continuation)
            }
            let count = state.sleepers.count
            defer { state.watchers.removeAll { $0.count <= count } }
            return state.watchers.filter { $0.count <= count }.map { $0.continuation }
        }
        for watcher in reached { watcher.resume() }
    }

    /// Returns when so many sleep at once.
    package func sleepers(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isReached = state.withLock { state in
                if state.sleepers.count >= count { return true }
                state.watchers.append((count, continuation))
                return false
            }
            if isReached { continuation.resume() }
        }
    }

    package func advance(by duration: Duration) {
        let woken = state.withLock { state in
            state.now = state.now.advanced(by: duration)
            let now = state.now
            let woken = state.sleepers.filter { $0.value.deadline <= now }
            for id in woken.keys { state.sleepers[id] = nil }
            return woken.values.sorted { $0.deadline < $1.deadline }.map { $0.continuation }
        }
        for continuation in woken { continuation.resume() }
    }
}
