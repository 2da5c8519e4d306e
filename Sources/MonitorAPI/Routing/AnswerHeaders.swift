import GradingCore
import NIOCore

/// The headers that every answer bears, a refused connection's too. No answer of this API is for a cache to keep.
struct AnswerHeaders: Sendable {
    let requestIDs: RequestIDs
    private let date: DateHeader

    init(wallClock: WallClock, using generator: inout some RandomNumberGenerator) {
        requestIDs = RequestIDs(using: &generator)
        date = DateHeader(wallClock: wallClock)
    }

    func write(requestID: String, to message: inout ByteBuffer) {
        message.writeStaticString("X-Request-Id: ")
        message.writeString(requestID)
        message.writeStaticString("\r\nDate: ")
        message.writeString(date.text)
        message.writeStaticString("\r\nCache-Control: no-store\r\n")
    }
}
