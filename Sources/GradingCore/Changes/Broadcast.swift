import Synchronization

/// Hands what is sent to any number of listeners. Sending never waits, whatever a listener does, and what a listener has
/// not taken yet is bounded.
package final class Broadcast<Element: Sendable>: Sendable {
    /// What becomes of a listener that is slower than what is sent.
    package enum Backlog: Sendable {
        /// It gets the latest element only.
        case latestOnly
        /// It gets up to so many elements; when one more comes, its stream ends after those.
        case bounded(Int)
    }

    private typealias Continuation = AsyncStream<Element>.Continuation

    private struct State {
        var listeners: [Int: Continuation] = [:]
        var nextID = 0
        var isFinished = false
    }

    private let backlog: Backlog
    private let state = Mutex(State())

    package init(_ backlog: Backlog) {
        self.backlog = backlog
    }

    /// Everything that is sent from now on.
    package func listen() -> AsyncStream<Element> {
        let (stream, continuation) = AsyncStream.makeStream(of: Element.self, bufferingPolicy: bufferingPolicy)
        let id = state.withLock { state -> Int? in
            guard !state.isFinished else { return nil }
            state.nextID += 1
            state.listeners[state.nextID] = continuation
            return state.nextID
        }
        guard let id else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in self?.remove(id) }
        return stream
    }

    package var hasListeners: Bool { state.withLock { !$0.listeners.isEmpty } }

    package func send(_ element: Element) {
        for (id, listener) in state.withLock({ $0.listeners }) {
            switch (listener.yield(element), backlog) {
            case (.dropped, .bounded), (.terminated, _):
                remove(id)
                listener.finish()
            default: break
            }
        }
    }

    /// Ends every stream, also those of listeners to come.
    package func finish() {
        let listeners = state.withLock { state in
            state.isFinished = true
            defer { state.listeners = [:] }
            return state.listeners
        }
        // Without the lock: ending a stream calls back.
        for listener in listeners.values { listener.finish() }
    }

    private var bufferingPolicy: Continuation.BufferingPolicy {
        switch backlog {
        case .latestOnly: .bufferingNewest(1)
        case .bounded(let count): .bufferingOldest(count)
        }
    }

    private func remove(_ id: Int) {
        // Let go of without the lock: a stream that ends with its last reference calls back.
        _ = state.withLock { $0.listeners.removeValue(forKey: id) }
    }
}
