import Synchronization

/// Holds whoever comes through until the test lets it go, and tells the test who has come.
final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var entered = 0
        var held: [CheckedContinuation<Void, Never>] = []
        var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    func pass() async {
        await withCheckedContinuation { continuation in
            let (passes, reached) = state.withLock { state in
                state.entered += 1
                let entered = state.entered
                let reached = state.watchers.filter { $0.count <= entered }.map { $0.continuation }
                state.watchers.removeAll { $0.count <= entered }
                if !state.isOpen { state.held.append(continuation) }
                return (state.isOpen, reached)
            }
            for watcher in reached { watcher.resume() }
            if passes { continuation.resume() }
        }
    }

    /// Returns when so many have come, counted from the beginning.
    func entered(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isReached = state.withLock { state in
                if state.entered >= count { return true }
                state.watchers.append((count, continuation))
                return false
            }
            if isReached { continuation.resume() }
        }
    }

    /// Lets the one go that has been held the longest.
    func releaseOne() {
        state.withLock { $0.held.isEmpty ? nil : $0.held.removeFirst() }?.resume()
    }

    /// Lets everyone go, now and from now on.
    func open() {
        let held = state.withLock { state in
            state.isOpen = true
            defer { state.held = [] }
            return state.held
        }
        for continuation in held { continuation.resume() }
    }
}

/// Waits for something that other tasks bring about without telling; gives them the thread, never the time. A test whose own
/// time is over goes on, and fails at what follows.
func until(_ condition: () async -> Bool) async {
    while await !condition(), !Task.isCancelled { await Task.yield() }
}
