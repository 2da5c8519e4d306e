import CPostgres

/// An array in PostgreSQL's binary format, written element by element into one block: one dimension with lower bound 1
/// (`array_recv` in PostgreSQL's arrayfuncs.c).
struct ArrayBytes {
    private var bytes: [UInt8] = []
    private var count: Int32 = 0
    private var hasNull = false

    /// Dimensions, flags and the elements' type; then, unless it is empty, the length and the lower bound.
    private static let emptyHeaderBytes = 12
    private static let headerBytes = 20
    private static let lengthBytes = 4

    /// - Parameters:
    ///   - type: of the elements, by its fixed number in `pg_type.dat`.
    ///   - width: bytes of an element, more or less.
    init(of type: Oid, expecting elements: Int, bytesEach width: Int) {
        bytes.reserveCapacity(Self.headerBytes + elements * (Self.lengthBytes + width))
        for field in [1, 0, Int32(bitPattern: type), 0, 1] { bytes.append(bigEndian: field) }
    }

    /// - Parameter write: appends the element's bytes.
    mutating func append(_ write: (inout [UInt8]) -> Void) {
        let start = bytes.count
        bytes.append(bigEndian: Int32(0))
        write(&bytes)
        bytes.replace(at: start, with: Int32(clamping: bytes.count - start - Self.lengthBytes))
        count += 1
    }

    mutating func appendNull() {
        bytes.append(bigEndian: Int32(-1))
        hasNull = true
        count += 1
    }

    consuming func finished() -> [UInt8] {
        if hasNull { bytes.replace(at: 4, with: 1) }
        bytes.replace(at: 12, with: count)
        guard count == 0 else { return bytes }
        bytes.replace(at: 0, with: 0)
        return Array(bytes.prefix(Self.emptyHeaderBytes))
    }
}

extension [UInt8] {
    mutating func append(bigEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }

    fileprivate mutating func replace(at index: Int, with value: Int32) {
        withUnsafeMutableBytes { $0.storeBytes(of: value.bigEndian, toByteOffset: index, as: Int32.self) }
    }
}
