import GradingCore
import HTTPTypes

/// Why a callback that was signed well is refused all the same: what its sender is told, and what the operator is.
enum CallbackFault: Error {
    case notUTF8
    /// Another content type than JSON's.
    case notJSON
    /// In the path.
    case badTaskID
    /// Under a scheme that signs no delivery id: the path names another task than the body.
    case taskMismatch
    case unreadable(ReportDecodingError)

    var problem: Problem {
        switch self {
        case .notUTF8: Problem(.badRequest, "The body is not UTF-8.")
        case .notJSON: .notJSON
        case .badTaskID: .badTaskID
        case .taskMismatch: Problem(.badRequest, "The task id in the path and the one in the body differ.")
        case .unreadable(let error): Problem(error)
        }
    }

    var reason: RefusalReason {
        switch self {
        case .notUTF8: .notUTF8
        case .notJSON: .contentType
        case .badTaskID: .badTaskID
        case .taskMismatch: .taskMismatch
        case .unreadable(let error): error.reason
        }
    }

    /// For the operator: the sender's own words, since they quote nothing.
    var detail: String { "Signed well, but: \(problem.detail)" }
}
