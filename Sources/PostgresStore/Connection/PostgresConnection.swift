import Foundation
import GradingCore
import Logging

/// One connection to the server, made when it is needed and made again when it is lost. Its work runs on a thread of its own.
actor PostgresConnection {
    /// Where its work runs.
    nonisolated let thread: ConnectionThread
    private let options: ConnectionOptions
    private let role: ConnectionRole
    private let reach: ServerReach
    private let logger: Logger
    private var session: Session?
    private var isClosed = false

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    /// - Parameter reach: shared by the connections to the same server.
    init(_ options: ConnectionOptions, _ role: ConnectionRole, reach: ServerReach = ServerReach(), logger: Logger) {
        thread = ConnectionThread(name: "pg \(role.rawValue)")
        self.options = options
        self.role = role
        self.reach = reach
        self.logger = logger
    }

    /// Does a piece of work within the role's budget. What was overtaken by another transaction is done again, with jitter, as
    /// long as there is time; so is what met a connection that had died unnoticed, once.
    func perform<Value: Sendable>(
        _ body: @Sendable (Session, Deadline) throws(PostgresError) -> Value
    ) throws(StoreError) -> Value {
        let deadline = Deadline(in: role.budget)
        var pause = 0.002
        while true {
            let isFresh = session == nil
            let session = try connected(until: deadline)
            do throws(PostgresError) {
                defer { if !session.isReusable { self.session = nil } }
                return try body(session, deadline)
            } catch {
                if error.spoilsSession { self.session = nil }
                if error.isConnectionLoss, !isFresh, !session.isConnected, !deadline.isOver { continue }
                guard error.isTransient, deadline.remaining > .seconds(pause) else { throw StoreError(error) }
                Thread.sleep(forTimeInterval: pause * .random(in: 0.5...1))
                pause *= 2
            }
        }
    }

    func close() {
        isClosed = true
        session = nil
    }

    private func connected(until deadline: Deadline) throws(StoreError) -> Session {
        if let session { return session }
        guard !isClosed else { throw .unavailable("the database was closed") }
        let attempt: ReconnectBackoff.Attempt
        switch reach.begin() {
        case .success(let begun): attempt = begun
        case .failure(let notYet): throw .unavailable(notYet.reason)
        }
        do throws(PostgresError) {
            let session = try Session(options, role, withSettings: !reach.refusesOptions, until: deadline)
            reach.succeeded(with: session)
            self.session = session
            return session
        } catch {
            let error = StoreError(error)
            reach.failed(attempt, error.reason)
            logger.debug("No connection to PostgreSQL", metadata: ["for": "\(role.rawValue)", "error": "\(error.reason)"])
            throw error
        }
    }
}
