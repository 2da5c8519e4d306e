import NIOCore

extension JSONValue {
    /// The value as JSON text in UTF-8.
    var text: String {
        String(buffer: encoded())
    }

    /// The value as JSON text in UTF-8.
    func encoded() -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.writeJSON(self)
        return buffer
    }
}

extension ByteBuffer {
    fileprivate mutating func writeJSON(_ value: JSONValue) {
        switch value {
        case .null: writeStaticString("null")
        case .bool(let bool): writeStaticString(bool ? "true" : "false")
        case .integer(let integer): writeString(String(integer))
        case .number(let number): writeString(number.isFinite ? String(number) : "null")
        case .string(let string): writeJSONString(string)
        case .raw(let text): writeString(text)
        case .array(let elements):
            writeJSONList(elements, between: "[", "]") { $0.writeJSON($1) }
        case .object(let members):
            writeJSONList(members, between: "{", "}") { buffer, member in
                buffer.writeJSONString(member.name)
                buffer.writeStaticString(":")
                buffer.writeJSON(member.value)
            }
        }
    }

    private mutating func writeJSONList<Element>(
        _ elements: [Element], between open: StaticString, _ close: StaticString,
        _ write: (inout ByteBuffer, Element) -> Void
    ) {
        writeStaticString(open)
        for (index, element) in elements.enumerated() {
            if index > 0 { writeStaticString(",") }
            write(&self, element)
        }
        writeStaticString(close)
    }

    /// Writes a string with its quotes, escaping what RFC 8259 says must be.
    mutating func writeJSONString(_ string: String) {
        writeStaticString("\"")
        if string.utf8.allSatisfy(\.standsForItselfInJSON) {
            writeString(string)
        } else {
            for byte in string.utf8 { writeEscaped(byte) }
        }
        writeStaticString("\"")
    }

    private mutating func writeEscaped(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): writeStaticString("\\\"")
        case UInt8(ascii: "\\"): writeStaticString("\\\\")
        case UInt8(ascii: "\n"): writeStaticString("\\n")
        case 0..<0x10: writeString("\\u000" + String(byte, radix: 16))
        case 0x10..<0x20: writeString("\\u00" + String(byte, radix: 16))
        default: writeInteger(byte)
        }
    }
}

extension UInt8 {
    fileprivate var standsForItselfInJSON: Bool {
        self >= 0x20 && self != UInt8(ascii: "\"") && self != UInt8(ascii: "\\")
    }
}
