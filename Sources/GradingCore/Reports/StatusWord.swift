/// A status word made fit for logs.
enum StatusWord {
    /// In characters (Unicode scalars).
    static let maximumLength = 64

    /// Whether the word is printable ASCII of at most 64 characters, as every word of a vocabulary is.
    static func isPlain(_ word: String) -> Bool {
        word.utf8.count <= maximumLength && word.utf8.allSatisfy { (0x20..<0x7F).contains($0) }
    }

    /// The word, at most 64 characters, without control, formatting and line-breaking characters.
    ///
    /// What is taken out leaves a mark (`�`, and `…` for a tail) that no word of the vocabulary has, so that an unknown
    /// word cannot turn into a known one by being cleaned.
    static func legible(_ word: String) -> String {
        if isPlain(word) { return word }
        var scalars = String.UnicodeScalarView(word.unicodeScalars.prefix(maximumLength + 1).map(legible))
        if scalars.count > maximumLength {
            scalars = String.UnicodeScalarView(scalars.prefix(maximumLength - 1) + ["…"])
        }
        return String(scalars)
    }

    private static func legible(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: "\u{FFFD}"
        default: scalar
        }
    }
}
