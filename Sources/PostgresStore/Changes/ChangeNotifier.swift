import GradingCore
import Synchronization

/// Tells the other instances that something was committed.
///
/// After the commit and not within it: PostgreSQL makes all transactions that notify wait for each other's flush
/// (`PreCommit_Notify` in its async.c). At most one notification in ``pause``, for any number of commits; what is lost on the
/// way, the others catch up with by the sequence.
final class ChangeNotifier: Sendable {
    private static let pause = Duration.milliseconds(50)
    private static let notify = Statement("notify", "SELECT pg_notify('\(ChangeListener.channel)', '')")

    private struct State {
        var isDue = false
        var isClosed = false
        var running: Task<Void, Never>?
    }

    private let state = Mutex(State())
    private let pool: ConnectionPool

    init(pool: ConnectionPool) {
        self.pool = pool
    }

    func notify() {
        state.withLock { state in
            guard !state.isClosed else { return }
            state.isDue = true
            if state.running == nil { state.running = Task { await run() } }
        }
    }

    func close() async {
        let running = state.withLock { state in
            state.isClosed = true
            return state.running
        }
        await running?.value
    }

    private func run() async {
        while takeDue() {
            // Nobody waits for it, and a failure costs no more than the others' patience.
            _ = try? await pool.perform { (session, deadline) throws(PostgresError) in
                _ = try session.run([Self.notify()], until: deadline)
            }
            try? await Task.sleep(for: Self.pause)
        }
    }

    /// `false` ends the run: the next ``notify()`` starts another.
    private func takeDue() -> Bool {
        state.withLock { state in
            defer { state.isDue = false }
            if !state.isDue { state.running = nil }
            return state.isDue
        }
    }
}
