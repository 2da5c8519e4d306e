/// Why bytes are not a JSON document as this project reads it: RFC 8259 in UTF-8, no duplicate keys, bounded nesting.
///
/// Quotes nothing of the document, so it is fit for the sender and for logs.
package struct JSONError: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Reason: Sendable, Hashable {
        case invalidUTF8
        case unexpectedCharacter
        case unexpectedEnd
        case trailingContent
        case controlCharacter
        case invalidEscape
        case loneSurrogate
        case invalidNumber
        /// RFC 8259, section 6, leaves the range to the reader: ours is that of a double.
        case numberOutOfRange
        /// RFC 8259, section 4, only says SHOULD be unique; two readers must never see two different grades.
        case duplicateKey
        case tooDeep
        /// Well-formed as far as read, but not what the reader needs there; the text says what it needs.
        case mismatch(String)
    }

    package let reason: Reason
    /// The byte of the document at which it went wrong, from 0.
    package let offset: Int

    package init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    package var description: String {
        switch reason {
        case .invalidUTF8: "not UTF-8 at byte \(offset)"
        case .unexpectedCharacter: "malformed JSON: unexpected character at byte \(offset)"
        case .unexpectedEnd: "malformed JSON: unexpected end at byte \(offset)"
        case .trailingContent: "malformed JSON: content after the value at byte \(offset)"
        case .controlCharacter: "malformed JSON: control character in a string at byte \(offset)"
        case .invalidEscape: "malformed JSON: invalid escape at byte \(offset)"
        case .loneSurrogate: "malformed JSON: lone surrogate at byte \(offset)"
        case .invalidNumber: "malformed JSON: invalid number at byte \(offset)"
        case .numberOutOfRange: "number out of range at byte \(offset)"
        case .duplicateKey: "duplicate key at byte \(offset)"
        case .tooDeep: "nested deeper than \(JSONScanner.maximumDepth) levels at byte \(offset)"
        case .mismatch(let needed): "\(needed) (byte \(offset))"
        }
    }
}
