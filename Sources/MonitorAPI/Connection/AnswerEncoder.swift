import HTTPTypes
import NIOCore

/// Writes whole answers as HTTP/1.1 has them (RFC 9112), each in one piece: the connection sends it with one call.
struct AnswerEncoder: Sendable {
    /// "Go on": a sender that expects it sends its body now.
    static let goOn = ByteBuffer(staticString: "HTTP/1.1 100 Continue\r\n\r\n")

    let headers: AnswerHeaders

    /// - Parameters:
    ///   - isToHead: RFC 9110, section 9.3.2: an answer to HEAD has the headers and nothing more.
    ///   - isLast: the connection is closed after it.
    func encode(_ response: APIResponse, requestID: String, isToHead: Bool, isLast: Bool) -> ByteBuffer {
        var message = ByteBufferAllocator().buffer(capacity: 512 + response.body.readableBytes)
        message.writeStaticString("HTTP/1.1 ")
        message.writeString(String(response.status.code))
        message.writeStaticString(" ")
        message.writeString(response.status.reasonPhrase)
        message.writeStaticString("\r\n")
        // HTTP types let no line break into a field, so nothing in it can end it early.
        for field in response.headers {
            message.writeString(field.name.rawName)
            message.writeStaticString(": ")
            message.writeString(field.value)
            message.writeStaticString("\r\n")
        }
        message.writeStaticString("Content-Length: ")
        message.writeString(String(response.body.readableBytes))
        message.writeStaticString("\r\n")
        headers.write(requestID: requestID, to: &message)
        if isLast { message.writeStaticString("Connection: close\r\n") }
        message.writeStaticString("\r\n")
        if !isToHead { message.writeImmutableBuffer(response.body) }
        return message
    }
}
