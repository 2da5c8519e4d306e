import CPostgres
import GradingCore
import Logging
import Synchronization

/// Hears of the commits of other instances.
final class ChangeListener: Sendable {
    static let channel = "grading_monitor_changes"
    /// The longest wait for a notification, and so for the end of this listener.
    private static let patience = Duration.seconds(1)
    private static let listen = Statement("", "LISTEN \(channel)")
    private static let keepalive = Statement("", "SELECT 1")

    private struct State {
        var isClosed = false
        var running: Task<Void, Never>?
    }

    private let state = Mutex(State())
    private let connection: PostgresConnection
    private let logger: Logger

    init(connection: PostgresConnection, logger: Logger) {
        self.connection = connection
        self.logger = logger
    }

    /// Calls `signal` for each notification, and whenever one may have been missed. Once.
    func start(_ signal: @escaping @Sendable () -> Void) {
        state.withLock { state in
            guard !state.isClosed, state.running == nil else { return }
            state.running = Task { await run(signal) }
        }
    }

    func close() async {
        let running = state.withLock { state in
            state.isClosed = true
            return state.running
        }
        running?.cancel()
        await running?.value
        await connection.close()
    }

    private func run(_ signal: @Sendable () -> Void) async {
        var isConnected = true
        while !Task.isCancelled {
            do throws(StoreError) {
                if try await hearsSomething() { signal() }
                if !isConnected { logger.info("Notifications of other instances arrive again") }
                isConnected = true
            } catch {
                if isConnected {
                    logger.warning(
                        "No notifications of other instances; the change feed is read on the clock meanwhile",
                        metadata: ["error": "\(error.reason)"]
                    )
                }
                isConnected = false
                try? await Task.sleep(for: Self.patience)
            }
        }
    }

    /// Waits for a notification, for as long as the patience lasts; `true` too when the connection is new, since whatever
    /// was sent before it listened is lost.
    private func hearsSomething() async throws(StoreError) -> Bool {
        try await connection.perform { (session, deadline) throws(PostgresError) in
            // Through a pooler LISTEN would be somebody else's a moment later: the clock has to do.
            if session.isPooled {
                try session.wait(until: Deadline(in: Self.patience))
                return true
            }
            if !session.isListening {
                _ = try session.run([Self.listen()], until: deadline)
                session.isListening = true
                _ = session.takeNotifications()
                return true
            }
            if try session.waitForNotification(until: Deadline(in: Self.patience)) { return true }
            // A connection that died without a word is noticed by asking.
            _ = try session.run([Self.keepalive()], until: Deadline(in: .seconds(5)))
            return session.takeNotifications() > 0
        }
    }
}

extension Session {
    /// Takes what has arrived; returns how many there were.
    fileprivate func takeNotifications() -> Int {
        var count = 0
        while let notification = PQnotifies(connection) {
            PQfreemem(notification)
            count += 1
        }
        return count
    }

    /// `false` when there was none until the deadline.
    fileprivate func waitForNotification(until deadline: Deadline) throws(PostgresError) -> Bool {
        if takeNotifications() > 0 { return true }
        try wait(until: deadline)
        return takeNotifications() > 0
    }

    /// Until the server says something, or the deadline. A connection that was closed is an error, not a reason to ask again.
    fileprivate func wait(until deadline: Deadline) throws(PostgresError) {
        guard try pollSocket(writing: false, until: deadline) else { return }
        guard PQconsumeInput(connection) == 1 else { throw .connection(errorMessage) }
    }
}
