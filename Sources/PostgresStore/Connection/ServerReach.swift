import Synchronization

/// What the connections of a store have found out about reaching the server, each for all of them.
final class ServerReach: Sendable {
    private struct State {
        var backoff = ReconnectBackoff()
        var refusesOptions = false
    }

    private let state = Mutex(State())

    /// Whether a connection is better begun without options of our own: a pooler has refused them before.
    var refusesOptions: Bool { state.withLock(\.refusesOptions) }

    /// The reason of the last failure when it is not time to try again.
    func begin() -> Result<ReconnectBackoff.Attempt, NotYet> {
        state.withLock { state in
            state.backoff.begin().map(Result.success) ?? .failure(NotYet(reason: state.backoff.reason))
        }
    }

    struct NotYet: Error {
        let reason: String
    }

    func succeeded(with session: Session) {
        state.withLock { state in
            state.backoff.succeeded()
            state.refusesOptions = session.hasMetPooler && !session.hasSettings
        }
    }

    func failed(_ attempt: ReconnectBackoff.Attempt, _ reason: String) {
        state.withLock { $0.backoff.failed(attempt, reason) }
    }
}
