import GradingCore
import Logging

/// A few connections of one role. Work waits its turn for one, in order.
actor ConnectionPool {
    private let connections: [PostgresConnection]
    private var idle: [PostgresConnection]
    private var waiting: [CheckedContinuation<PostgresConnection, Never>] = []
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
        idle = connections
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

    private func take() async -> PostgresConnection {
        // The one used last: the others may have to be made first.
        if let connection = idle.popLast() { return connection }
        return await withCheckedContinuation { waiting.append($0) }
    }

    private func put(back connection: PostgresConnection) {
        if waiting.isEmpty {
            idle.append(connection)
        } else {
            waiting.removeFirst().resume(returning: connection)
        }
    }
}
