extension String {
    /// The bytes for a `text` value. PostgreSQL's text cannot hold U+0000; U+FFFD stands for it.
    var postgresText: [UInt8] {
        let bytes = Array(utf8)
        guard bytes.contains(0) else { return bytes }
        return Array(replacing("\0", with: "\u{FFFD}").utf8)
    }
}
