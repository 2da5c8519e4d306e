import Synchronization

/// A gate in front of the commits: open at first.
final class HeldCommits: Sendable {
    private struct State {
        var isHolding = false
        var held: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())
    private let arrivals: AsyncStream<Void>
    private let arrival: AsyncStream<Void>.Continuation

    init() {
        (arrivals, arrival) = AsyncStream.makeStream()
    }

    func hold() { state.withLock { $0.isHolding = true } }

    func letGo() {
        let held = state.withLock { state in
            defer { state = State() }
            return state.held
        }
        for continuation in held { continuation.resume() }
    }

    /// Waits here while commits are held.
    func pass() async {
        await withCheckedContinuation { continuation in
            let waits = state.withLock { state in
                if state.isHolding { state.held.append(continuation) }
                return state.isHolding
            }
            if waits { arrival.yield() } else { continuation.resume() }
        }
    }

    func oneIsHeld() async {
        for await _ in arrivals { return }
    }
}
