import CPostgres
import GradingCore

/// A value for a statement, in PostgreSQL's binary format and with its type, so that the server need not guess.
struct Parameter: Sendable {
    /// The type, by its fixed number in `pg_type.dat`.
    let type: Oid
    /// `nil` for NULL.
    let bytes: [UInt8]?

    private init<Value>(_ type: ElementType<Value>, _ value: Value?) {
        self.type = type.element
        bytes = value.map { value in
            var bytes: [UInt8] = []
            type.append(value, &bytes)
            return bytes
        }
    }

    private init<Value>(array type: ElementType<Value>, _ values: some Sequence<Value?>) {
        self.type = type.array
        var array = ArrayBytes(of: type.element, expecting: values.underestimatedCount, bytesEach: type.width)
        for value in values {
            if let value {
                array.append { type.append(value, &$0) }
            } else {
                array.appendNull()
            }
        }
        bytes = array.finished()
    }

    // MARK: Single values

    static func text(_ value: String?) -> Parameter { Parameter(.text, value) }
    static func integer(_ value: Int?) -> Parameter { Parameter(.int8, value) }
    static func double(_ value: Double?) -> Parameter { Parameter(.float8, value) }
    static func flag(_ value: Bool) -> Parameter { Parameter(.bool, value) }
    static func json(_ value: String?) -> Parameter { Parameter(.jsonb, value.map { Array($0.utf8) }) }
    static func timestamp(_ value: Timestamp?) -> Parameter { Parameter(.timestamp, value) }

    // MARK: Arrays, for `unnest` and `= ANY`

    static func texts(_ values: some Sequence<String?>) -> Parameter { Parameter(array: .text, values) }
    static func integers(_ values: some Sequence<Int?>) -> Parameter { Parameter(array: .int8, values) }
    static func doubles(_ values: some Sequence<Double?>) -> Parameter { Parameter(array: .float8, values) }
    static func flags(_ values: some Sequence<Bool>) -> Parameter { Parameter(array: .bool, values.lazy.map(Optional.some)) }
    static func timestamps(_ values: some Sequence<Timestamp?>) -> Parameter { Parameter(array: .timestamp, values) }
    static func byteArrays(_ values: some Sequence<[UInt8]?>) -> Parameter { Parameter(array: .bytea, values) }
    /// Places of rows (`ctid`), in the binary format in which the server gave them.
    static func places(_ values: some Sequence<[UInt8]?>) -> Parameter { Parameter(array: .tid, values) }
    /// JSON in UTF-8, as texts, which the statement casts to `jsonb` row by row: the server keeps all that it needs for parsing values
    /// of a `jsonb[]` until the statement has ended, some hundreds of kilobytes for a batch, and gives them back to the system.
    static func jsonTexts(_ values: some Sequence<[UInt8]?>) -> Parameter { Parameter(array: .jsonText, values) }
}

/// A type that the monitor sends, with the number of its arrays.
private struct ElementType<Value> {
    let element: Oid
    let array: Oid
    /// Bytes of a value, more or less.
    let width: Int
    /// Appends a value's bytes in binary format.
    let append: (Value, inout [UInt8]) -> Void
}

extension ElementType<Bool> {
    static var bool: Self { Self(element: 16, array: 1_000, width: 1) { $1.append($0 ? 1 : 0) } }
}

extension ElementType<[UInt8]> {
    static var bytea: Self { Self(element: 17, array: 1_001, width: 32) { $1.append(contentsOf: $0) } }
    static var tid: Self { Self(element: 27, array: 1_010, width: 6) { $1.append(contentsOf: $0) } }
    static var jsonText: Self { Self(element: 25, array: 1_009, width: 2_048) { $1.append(postgresJSON: $0) } }
    /// A version and the text (`jsonb_recv` in PostgreSQL's jsonb.c).
    static var jsonb: Self {
        Self(element: 3_802, array: 3_807, width: 2_048) {
            $1.append(1)
            $1.append(postgresJSON: $0)
        }
    }
}

extension ElementType<Int> {
    static var int8: Self { Self(element: 20, array: 1_016, width: 8) { $1.append(bigEndian: Int64($0)) } }
}

extension ElementType<String> {
    static var text: Self { Self(element: 25, array: 1_009, width: 32) { $1.append(postgresText: $0) } }
}

extension ElementType<Double> {
    static var float8: Self { Self(element: 701, array: 1_022, width: 8) { $1.append(bigEndian: $0.bitPattern) } }
}

extension ElementType<Timestamp> {
    static var timestamp: Self { Self(element: 1_114, array: 1_115, width: 8) { $1.append(bigEndian: $0.postgresMicroseconds) } }
}
