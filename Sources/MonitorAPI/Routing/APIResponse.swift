import HTTPTypes
import NIOCore

/// A whole answer, but for what every answer bears (``AnswerHeaders``).
struct APIResponse: Sendable {
    var status: HTTPResponse.Status
    /// Without `Content-Length`, which follows from the body.
    var headers: HTTPFields
    var body: ByteBuffer

    private static let jsonHeaders: HTTPFields = [.contentType: "application/json"]

    /// A JSON document as an answer.
    static func json(_ document: JSONValue, status: HTTPResponse.Status = .ok) -> APIResponse {
        json(document.encoded(), status: status)
    }

    /// A JSON text as an answer.
    static func json(_ text: ByteBuffer, status: HTTPResponse.Status = .ok) -> APIResponse {
        APIResponse(status: status, headers: jsonHeaders, body: text)
    }
}
