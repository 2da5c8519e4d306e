extension [UInt8] {
    /// Appends a `text` value. PostgreSQL's text cannot hold U+0000; U+FFFD stands for it.
    mutating func append(postgresText text: String) {
        let utf8 = text.utf8
        if utf8.contains(0) {
            append(contentsOf: text.replacing("\0", with: "\u{FFFD}").utf8)
        } else {
            append(contentsOf: utf8)
        }
    }
}
