import GradingCore
import NIOCore

extension JSONValue {
    /// The value as JSON text in UTF-8.
    func encoded() -> ByteBuffer {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return ByteBuffer(bytes: bytes)
    }

    private func append(to bytes: inout [UInt8]) {
        switch self {
        case .null: bytes += "null".utf8
        case .bool(let bool): bytes += (bool ? "true" : "false").utf8
        case .integer(let integer): bytes += String(integer).utf8
        case .number(let number): bytes += (number.isFinite ? String(number) : "null").utf8
        case .string(let string): JSONText.append(string, to: &bytes)
        case .raw(let text): bytes += text.utf8
        case .array(let elements):
            Self.append(elements, between: "[", "]", to: &bytes) { $0.append(to: &$1) }
        case .object(let members):
            Self.append(members, between: "{", "}", to: &bytes) { member, bytes in
                JSONText.append(member.name, to: &bytes)
                bytes += ":".utf8
                member.value.append(to: &bytes)
            }
        }
    }

    private static func append<Element>(
        _ elements: [Element],
        between open: String,
        _ close: String,
        to bytes: inout [UInt8],
        _ append: (Element, inout [UInt8]) -> Void
    ) {
        bytes += open.utf8
        for (index, element) in elements.enumerated() {
            if index > 0 { bytes += ",".utf8 }
            append(element, &bytes)
        }
        bytes += close.utf8
    }
}
