/// The grading server's error text, bounded: a traceback is not a log line.
enum ErrorText {
    /// In characters (Unicode scalars).
    static let maximumLength = 2_000

    /// At most 2,000 characters; `nil` for a text without any visible character, which says nothing.
    /// U+0000 becomes U+FFFD, since PostgreSQL's text cannot hold it.
    static func bounded(_ text: String) -> String? {
        let scalars = text.unicodeScalars
        guard scalars.contains(where: { !$0.properties.isWhitespace }) else { return nil }
        let cut = scalars.index(scalars.startIndex, offsetBy: maximumLength, limitedBy: scalars.endIndex) ?? scalars.endIndex
        guard cut < scalars.endIndex || scalars.contains("\0") else { return text }
        let kept = String(String.UnicodeScalarView(scalars[..<cut].map { $0 == "\0" ? "\u{FFFD}" : $0 }))
        // What is left of a text that begins with 2,000 spaces.
        return kept.unicodeScalars.contains { !$0.properties.isWhitespace } ? kept : nil
    }

    /// Reads an error as grading servers write them: a text, or an object or array, kept as its compact JSON.
    /// `nil` for `null`, for an empty text, object or array, and for anything else, which is skipped.
    static func read(from scanner: inout JSONScanner) throws(JSONError) -> String? {
        switch try scanner.peek() {
        case .string:
            let string = try scanner.readString()
            return bounded(scanner.text(of: string))
        case .object, .array:
            let range = try scanner.skipValue()
            let compact = JSONText.compact(scanner.bytes[range])
            return compact.count > 2 ? bounded(String(decoding: compact, as: UTF8.self)) : nil
        case .number, .boolean, .null:
            try scanner.skipValue()
            return nil
        }
    }
}
