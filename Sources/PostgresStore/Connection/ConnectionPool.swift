import GradingCore
import Logging
import Synchronization

/// A few connections of one role. Work waits its turn for one, in order.
final class ConnectionPool: Sendable {
    private typealias Waiter = CheckedContinuation<PostgresConnection, Never>

    let connections: [PostgresConnection]
    private let state: Mutex<State>
    /// How long work may wait for its turn.
    private let patience: Duration

    init(
        size: Int,
        _ options: ConnectionOptions,
        _ role: ConnectionRole = .pool,
        reach: ServerReach,
        patience: Duration = .seconds(5),
        logger: Logger
    ) {
        connections = (0..<size).map { _ in PostgresConnection(options, role, reach: reach, logger: logger) }
        state = Mutex(State(idle: connections))
        self.patience = patience
    }

    func perform<Value: Sendable>(
        _ body: @escaping @Sendable (Session, Deadline) throws(PostgresError) -> Value
    ) async throws(StoreError) -> Value {
        let deadline = Deadline(in: patience)
        let connection = await take()
        defer { put(back: connection) }
        guard !deadline.isOver else { throw .unavailable("PostgreSQL: all connections of this instance are busy") }
        return try await connection.perform(body)
    }

    func close() async {
        for connection in connections { await connection.close() }
    }

    /// The one on whose thread the task runs already, or the one used last: the others may have to be made first.
    private func take() async -> PostgresConnection {
        let preferred = withUnsafeCurrentTask { $0?.unownedTaskExecutor }
        return await withCheckedContinuation { waiter in
            let connection = state.withLock { $0.takeIdle(preferred, orLeave: waiter) }
            if let connection { waiter.resume(returning: connection) }
        }
    }

    private func put(back connection: PostgresConnection) {
        state.withLock { $0.put(back: connection) }?.resume(returning: connection)
    }

    private struct State {
        private var idle: [PostgresConnection]
        private var waiting: [Waiter] = []

        init(idle: [PostgresConnection]) {
            self.idle = idle
        }

        mutating func takeIdle(_ preferred: UnownedTaskExecutor?, orLeave waiter: Waiter) -> PostgresConnection? {
            if idle.isEmpty {
                waiting.append(waiter)
                return nil
            }
            let place = idle.firstIndex { $0.thread.asUnownedTaskExecutor() == preferred }
            return place.map { idle.remove(at: $0) } ?? idle.popLast()
        }

        /// Returns who has waited for it.
        mutating func put(back connection: PostgresConnection) -> Waiter? {
            if waiting.isEmpty {
                idle.append(connection)
                return nil
            }
            return waiting.removeFirst()
        }
    }
}
