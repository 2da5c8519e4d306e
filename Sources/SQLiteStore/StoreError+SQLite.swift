import GradingCore
import GRDB

extension StoreError {
    /// What an error of SQLite means to the domain. The message is SQLite's own, without the statement and its values.
    init(_ error: any Error) {
        switch error {
        case let error as StoreError:
            self = error
        case let error as DatabaseError:
            let reason = "SQLite: \(error.message ?? "\(error.extendedResultCode)")"
            self =
                switch error.resultCode {
                case .SQLITE_CONSTRAINT, .SQLITE_MISMATCH, .SQLITE_TOOBIG, .SQLITE_RANGE: .rejected(reason)
                case .SQLITE_NOTADB: .incompatibleSchema(reason)
                default: .unavailable(reason)
                }
        case is CancellationError:
            self = .unavailable("the request was cancelled")
        default:
            self = .unavailable("\(type(of: error))")
        }
    }
}
