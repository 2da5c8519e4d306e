import NIOCore
import Testing

@testable import callback_load

@Suite("Response scanner")
struct ResponseScannerTests {
    private let response = "HTTP/1.1 202 Accepted\r\nDate: today\r\nContent-Length: 5\r\n\r\nhello"

    @Test("a response that comes byte by byte is one answer")
    func bytewise() throws {
        var buffer = ByteBuffer()
        for byte in response.utf8.dropLast() {
            buffer.writeInteger(byte)
            #expect(try ResponseScanner.next(in: &buffer) == nil)
        }
        buffer.writeInteger(response.utf8.last!)
        #expect(try ResponseScanner.next(in: &buffer) == .init(status: 202, closes: false))
        #expect(buffer.readableBytes == 0)
    }

    @Test("what follows a response stays in the buffer")
    func following() throws {
        var buffer = ByteBuffer(string: response + "HTTP/1.1 401 ")
        #expect(try ResponseScanner.next(in: &buffer)?.status == 202)
        #expect(String(buffer: buffer) == "HTTP/1.1 401 ")
    }

    @Test("connection: close is seen in any case")
    func closing() throws {
        var buffer = ByteBuffer(string: "HTTP/1.1 503 X\r\nCONNECTION: Close\r\ncontent-length:0\r\n\r\n")
        #expect(try ResponseScanner.next(in: &buffer) == .init(status: 503, closes: true))
    }

    @Test(
        "what is not a bounded response with a length is an error",
        arguments: [
            ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", ResponseScanner.ScanError.noContentLength),
            ("HTTP/1.1 200 OK\r\ncontent-length: 9999999999\r\n\r\n", .malformed),
            ("SSH-2.0-OpenSSH_9.2\r\n", .malformed),
        ]
    )
    func refused(text: String, expected: ResponseScanner.ScanError) {
        var buffer = ByteBuffer(string: text)
        #expect(throws: expected) { try ResponseScanner.next(in: &buffer) }
    }

    @Test("a head without end is an error")
    func endless() {
        var buffer = ByteBuffer(repeating: UInt8(ascii: "x"), count: 20_000)
        #expect(throws: ResponseScanner.ScanError.malformed) { try ResponseScanner.next(in: &buffer) }
    }
}
