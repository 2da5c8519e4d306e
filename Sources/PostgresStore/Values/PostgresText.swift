import Glibc

extension [UInt8] {
    /// Appends a `text` value. PostgreSQL's text cannot hold U+0000; U+FFFD stands for it.
    mutating func append(postgresText text: String) {
        let start = count
        append(contentsOf: text.utf8)
        // Looked for afterwards, in bytes that lie side by side.
        let hasNull = withUnsafeBytes { bytes in
            bytes.baseAddress.map { memchr($0 + start, 0, bytes.count - start) != nil } ?? false
        }
        if hasNull {
            removeSubrange(start...)
            append(contentsOf: text.replacing("\0", with: "\u{FFFD}").utf8)
        }
    }
}
