import HTTPTypes
import HummingbirdCore
import NIOCore

extension Response {
    /// A JSON document as an answer.
    static func json(_ document: JSONValue, status: HTTPResponse.Status = .ok) -> Response {
        json(document.encoded(), status: status)
    }

    /// A JSON text as an answer.
    static func json(_ text: ByteBuffer, status: HTTPResponse.Status = .ok) -> Response {
        Response(status: status, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: text))
    }
}
