import CPostgres
import GradingCore

/// A value for a statement, in PostgreSQL's binary format and with its type, so that the server need not guess.
struct Parameter: Sendable {
    /// The type, by its fixed number in `pg_type.dat`.
    let type: Oid
    /// `nil` for NULL.
    let bytes: [UInt8]?

    private init(_ type: ElementType, _ bytes: [UInt8]?) {
        self.type = type.element
        self.bytes = bytes
    }

    private init(array type: ElementType, _ elements: [[UInt8]?]) {
        self.type = type.array
        bytes = Self.encode(elements, of: type)
    }

    // MARK: Single values

    static func text(_ value: String?) -> Parameter { Parameter(.text, value.map(\.postgresText)) }
    static func integer(_ value: Int?) -> Parameter { Parameter(.int8, value.map { Int64($0).bigEndianBytes }) }
    static func double(_ value: Double?) -> Parameter { Parameter(.float8, value.map(\.bitPattern.bigEndianBytes)) }
    static func flag(_ value: Bool) -> Parameter { Parameter(.bool, [value ? 1 : 0]) }
    static func json(_ value: String?) -> Parameter { Parameter(.jsonb, value.map { Array($0.utf8).postgresJSON }) }
    static func timestamp(_ value: Timestamp?) -> Parameter {
        Parameter(.timestamp, value.map(\.postgresMicroseconds.bigEndianBytes))
    }

    // MARK: Arrays, for `unnest` and `= ANY`

    static func texts(_ values: some Sequence<String?>) -> Parameter {
        Parameter(array: .text, values.map { $0.map(\.postgresText) })
    }

    static func integers(_ values: some Sequence<Int?>) -> Parameter {
        Parameter(array: .int8, values.map { $0.map { Int64($0).bigEndianBytes } })
    }

    static func doubles(_ values: some Sequence<Double?>) -> Parameter {
        Parameter(array: .float8, values.map { $0.map(\.bitPattern.bigEndianBytes) })
    }

    static func flags(_ values: some Sequence<Bool>) -> Parameter {
        Parameter(array: .bool, values.map { [$0 ? 1 : 0] })
    }

    static func timestamps(_ values: some Sequence<Timestamp?>) -> Parameter {
        Parameter(array: .timestamp, values.map { $0.map(\.postgresMicroseconds.bigEndianBytes) })
    }

    static func byteArrays(_ values: some Sequence<[UInt8]?>) -> Parameter {
        Parameter(array: .bytea, Array(values))
    }

    /// JSON texts in UTF-8.
    static func jsons(_ values: some Sequence<[UInt8]?>) -> Parameter {
        Parameter(array: .jsonb, values.map { $0.map(\.postgresJSON) })
    }

    /// One dimension with lower bound 1 (`array_recv` in PostgreSQL's arrayfuncs.c).
    private static func encode(_ elements: [[UInt8]?], of type: ElementType) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(elements.reduce(20) { $0 + 4 + ($1?.count ?? 0) })
        bytes.append(int32: elements.isEmpty ? 0 : 1)
        bytes.append(int32: elements.contains { $0 == nil } ? 1 : 0)
        bytes.append(int32: Int32(bitPattern: type.element))
        guard !elements.isEmpty else { return bytes }
        bytes.append(int32: Int32(clamping: elements.count))
        bytes.append(int32: 1)
        for element in elements {
            bytes.append(int32: element.map { Int32(clamping: $0.count) } ?? -1)
            if let element { bytes.append(contentsOf: element) }
        }
        return bytes
    }
}

/// The types that the monitor sends, with the numbers of their arrays.
private struct ElementType {
    let element: Oid
    let array: Oid

    static let bool = ElementType(element: 16, array: 1_000)
    static let bytea = ElementType(element: 17, array: 1_001)
    static let int8 = ElementType(element: 20, array: 1_016)
    static let text = ElementType(element: 25, array: 1_009)
    static let float8 = ElementType(element: 701, array: 1_022)
    static let timestamp = ElementType(element: 1_114, array: 1_115)
    static let jsonb = ElementType(element: 3_802, array: 3_807)
}

extension FixedWidthInteger {
    fileprivate var bigEndianBytes: [UInt8] {
        withUnsafeBytes(of: bigEndian) { Array($0) }
    }
}

extension [UInt8] {
    fileprivate mutating func append(int32 value: Int32) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }
}
