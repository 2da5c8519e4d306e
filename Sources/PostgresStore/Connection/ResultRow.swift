import GradingCore

/// One row of a ``QueryResult``. Reading never traps: a value that is not of the type asked for is `nil`, as NULL is.
struct ResultRow {
    private let result: QueryResult
    private let row: Int32

    init(result: QueryResult, row: Int32) {
        self.result = result
        self.row = row
    }

    /// A text, an enum's label, or a `jsonb` that was cast to text.
    func text(_ column: Int32) -> String? {
        result.withBytes(row, column) { String(decoding: $0, as: UTF8.self) }
    }

    /// A `smallint`, `integer` or `bigint`.
    func integer(_ column: Int32) -> Int? {
        result.withBytes(row, column) { bytes in
            switch bytes.count {
            case 2: Int(Int16(bigEndian: bytes.loadUnaligned(as: Int16.self)))
            case 4: Int(Int32(bigEndian: bytes.loadUnaligned(as: Int32.self)))
            case 8: Int(Int64(bigEndian: bytes.loadUnaligned(as: Int64.self)))
            default: nil
            }
        }
    }

    func flag(_ column: Int32) -> Bool {
        result.withBytes(row, column) { $0.count == 1 && $0[0] != 0 } ?? false
    }

    func double(_ column: Int32) -> Double? {
        result.withBytes(row, column) { bytes in
            bytes.count == 8 ? Double(bitPattern: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self))) : nil
        }
    }

    func bytes(_ column: Int32) -> [UInt8]? {
        result.withBytes(row, column) { Array($0) }
    }

    /// A `timestamp` in UTC; `nil` for `infinity` too.
    func timestamp(_ column: Int32) -> Timestamp? {
        guard let microseconds = integer(column) else { return nil }
        return Timestamp(postgresMicroseconds: Int64(microseconds))
    }
}
