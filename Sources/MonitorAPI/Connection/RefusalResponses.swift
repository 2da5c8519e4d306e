import Logging
import NIOCore

/// The answers to requests that the gate refused.
struct RefusalResponses: Sendable {
    /// Told of each request whose body was too large, and how many bytes its sender said it would have.
    let noteTooLarge: @Sendable (APIRequest, _ announced: Int?) -> Void
    let logger: Logger

    /// - Parameters:
    ///   - target: the request's target; `nil` when there was no head to take it from.
    ///   - id: the request's.
    func response(to refusal: Refusal, target: String?, id: String) -> APIResponse {
        logger.debug("Refused a request.", metadata: ["reason": "\(refusal)", "request": "\(id)"])
        return Problem(refusal).response(path: target.map { String($0.prefix { $0 != "?" }) })
    }
}
