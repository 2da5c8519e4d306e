import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore

/// The answers to requests that the gate refused.
struct RefusalResponses: Sendable {
    let answerHeaders: AnswerHeaders
    let bodies: RefusedBodies
    let logger: Logger

    /// - Parameter target: the request's target; `nil` when there was no head to take it from.
    func response(to refusal: Refusal, target: String?) -> (HTTPResponse, ByteBuffer) {
        let id = answerHeaders.requestIDs.next()
        logger.debug("Refused a request.", metadata: ["reason": "\(refusal)", "request": "\(id)"])
        let path = target.map { String($0.prefix { $0 != "?" }) }
        let (head, body) = Problem(refusal).document(path: path)
        var answer = head
        answerHeaders.set(on: &answer.headerFields, requestID: id)
        return (answer, body)
    }
}
