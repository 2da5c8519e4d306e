import NIOCore

/// Finds where one HTTP/1.1 response ends and what its status is. Knows as much HTTP as the monitor's answers need: a status
/// line, `Content-Length`, and whether the connection stays open.
struct ResponseScanner {
    struct Answer: Equatable {
        let status: Int
        /// The server will close this connection.
        let closes: Bool
    }

    enum ScanError: Error, Equatable {
        /// Not a response, or its head or body is larger than any answer of the monitor.
        case malformed
        /// Neither 204 nor 304 nor a length: this client reads no chunks.
        case noContentLength
    }

    private static let largestHead = 16 << 10
    private static let largestBody = 1 << 20

    /// Takes one whole response from the front of the buffer.
    /// - Returns: `nil` when more bytes are needed; then nothing was taken.
    static func next(in buffer: inout ByteBuffer) throws(ScanError) -> Answer? {
        let scanned: (answer: Answer, bytes: Int)? =
            try buffer.readableBytesView.withContiguousStorageIfAvailable {
                bytes -> Result<(answer: Answer, bytes: Int)?, ScanError> in
                Result { () throws(ScanError) in try scan(bytes) }
            }.map { (result) throws(ScanError) in try result.get() } ?? nil
        guard let scanned, buffer.readableBytes >= scanned.bytes else { return nil }
        buffer.moveReaderIndex(forwardBy: scanned.bytes)
        return scanned.answer
    }

    private static func scan(_ bytes: UnsafeBufferPointer<UInt8>) throws(ScanError) -> (answer: Answer, bytes: Int)? {
        var length: Int?
        var closes = false
        guard var lineEnd = lineEnd(in: bytes, from: 0) else {
            if bytes.count > largestHead { throw .malformed }
            return nil
        }
        let status = try status(in: bytes[0..<lineEnd])
        while true {
            let start = lineEnd + 2
            guard let end = self.lineEnd(in: bytes, from: start) else {
                if bytes.count > largestHead { throw .malformed }
                return nil
            }
            lineEnd = end
            if end == start { break }
            let line = bytes[start..<end]
            if let value = value(of: "content-length:", in: line) { length = number(value) }
            if let value = value(of: "connection:", in: line) { closes = matches(value, "close") }
        }
        guard let length = status == 204 || status == 304 ? 0 : length else { throw .noContentLength }
        guard (0...largestBody).contains(length) else { throw .malformed }
        return (Answer(status: status, closes: closes), lineEnd + 2 + length)
    }

    /// `HTTP/1.1 200 OK`
    private static func status(in line: Slice<UnsafeBufferPointer<UInt8>>) throws(ScanError) -> Int {
        guard line.count >= 12, matches(line.prefix(9), "http/1.1 "), let status = number(line.dropFirst(9).prefix(3)) else {
            throw .malformed
        }
        return status
    }

    private static func lineEnd(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        var index = start
        while index + 1 < bytes.count {
            if bytes[index] == UInt8(ascii: "\r"), bytes[index + 1] == UInt8(ascii: "\n") { return index }
            index += 1
        }
        return nil
    }

    private static func value(
        of name: StaticString,
        in line: Slice<UnsafeBufferPointer<UInt8>>
    ) -> Slice<UnsafeBufferPointer<UInt8>>? {
        guard line.count >= name.utf8CodeUnitCount, matches(line.prefix(name.utf8CodeUnitCount), name) else { return nil }
        return line.dropFirst(name.utf8CodeUnitCount).drop { $0 == UInt8(ascii: " ") }
    }

    /// - Parameter text: in lower case.
    private static func matches(_ bytes: Slice<UnsafeBufferPointer<UInt8>>, _ text: StaticString) -> Bool {
        guard bytes.count == text.utf8CodeUnitCount else { return false }
        return zip(bytes, UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)).allSatisfy {
            byte,
            expected in
            let isUpper = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
            return (isUpper ? byte | 0x20 : byte) == expected
        }
    }

    private static func number(_ digits: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
        Int(String(decoding: digits, as: UTF8.self))
    }
}
