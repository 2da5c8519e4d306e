import GradingCore

/// Why PostgreSQL did not do what was asked, told apart by what may be concluded from it.
enum PostgresError: Error, Sendable, Equatable {
    /// The server refused; the transaction is rolled back.
    case server(ServerError)
    /// There is no connection, or it broke, or gave no answer in time, before a commit was sent: nothing was written.
    case connection(String)
    /// A commit was sent, and it is not known whether it happened or whether it is safe.
    case commitUnknown(String)
    /// The database as it stands cannot be served; the operator must act.
    case incompatible(String)
    /// Somebody else holds the rows of these tasks and does not let go; rolled back.
    case busy(Set<TaskID>)
    /// What was read was overtaken by another transaction; rolled back, to be begun again.
    case overtaken
}

/// An error as the server reports it, without detail, context and statement: those may quote values.
struct ServerError: Sendable, Equatable {
    let state: SQLState
    /// The primary message.
    let message: String
    /// The constraint that was violated, if it was one.
    let constraint: String?
    /// Whether the server ended the connection along with the statement (FATAL or PANIC).
    let endsConnection: Bool
}

extension PostgresError {
    /// Whether the same transaction, begun again, may well succeed.
    var isTransient: Bool {
        switch self {
        case .overtaken: true
        case .server(let error): error.isTransient
        case .connection, .commitUnknown, .incompatible, .busy: false
        }
    }
}

extension PostgresError {
    /// Whether the connection is gone, said or unsaid, and nothing was committed.
    var isConnectionLoss: Bool {
        switch self {
        case .connection: true
        case .server(let error): error.endsConnection
        case .commitUnknown, .incompatible, .busy, .overtaken: false
        }
    }

    /// Whether a lock was waited for in vain.
    var isLockTimeout: Bool {
        guard case .server(let error) = self else { return false }
        return error.state == .lockNotAvailable
    }

    /// Whether another connection may fare better: this server takes no writes any more, or a pooler that did not show itself
    /// has lost a prepared statement.
    var spoilsSession: Bool {
        guard case .server(let error) = self else { return false }
        return [.readOnlyTransaction, .undefinedStatement, .duplicateStatement].contains(error.state)
    }
}

extension ServerError {
    /// A delivery that another instance has remembered in the same moment is met as a known one the second time.
    fileprivate var isTransient: Bool {
        state == .serializationFailure || state == .deadlockDetected
            || (state == .uniqueViolation && constraint == MonitorSchema.deliveriesKey)
    }
}
