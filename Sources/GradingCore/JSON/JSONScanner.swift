/// Walks over a JSON document once, strictly: RFC 8259 in UTF-8, without duplicate keys, at most 64 levels deep, every
/// number within a double's range. Pull-style: the caller reads what it knows and skips the rest; what is skipped is
/// validated all the same, without allocating.
///
/// A document is sound only when ``finish()`` has returned. After an error the scanner is of no further use.
package struct JSONScanner {
    /// How many objects and arrays may be open at once.
    package static let maximumDepth = 64

    /// The whole document.
    package let bytes: [UInt8]
    /// The next byte to read.
    package internal(set) var index = 0
    var depth = 0
    /// The keys of all objects that are open, the innermost object's last: one buffer for the whole document.
    var keys: [JSONKey] = []
    /// The text of every key that was written with escapes, one behind the other.
    var unescapedKeys: [UInt8] = []

    /// Refuses bytes that are not UTF-8 (RFC 3629), so that no reading below has to look at encoding again.
    package init(_ bytes: [UInt8]) throws(JSONError) {
        do {
            _ = try UTF8Span(validating: bytes.span)
        } catch {
            throw JSONError(.invalidUTF8, at: error.byteOffsets.lowerBound)
        }
        self.bytes = bytes
    }

    /// Makes sure that nothing but whitespace follows the value that was read.
    package mutating func finish() throws(JSONError) {
        skipWhitespace()
        guard index == bytes.count else { throw JSONError(.trailingContent, at: index) }
    }

    /// The kind of the next value, which is left unread.
    package mutating func peek() throws(JSONError) -> JSONKind {
        skipWhitespace()
        switch try current() {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .boolean
        case UInt8(ascii: "n"): return .null
        default: throw JSONError(.unexpectedCharacter, at: index)
        }
    }

    /// Validates the next value, whatever it is, and returns where it stands, without the whitespace around it.
    @discardableResult
    package mutating func skipValue() throws(JSONError) -> Range<Int> {
        let kind = try peek()
        let start = index
        switch kind {
        case .object:
            var object = try beginObject()
            while try nextKey(in: &object) != nil { try skipValue() }
        case .array:
            var array = try beginArray()
            while try nextElement(in: &array) { try skipValue() }
        case .string: _ = try readString()
        case .number: _ = try readNumber()
        case .boolean: try skipWord(bytes[index] == UInt8(ascii: "t") ? "true" : "false")
        case .null: try skipWord("null")
        }
        return start..<index
    }

    /// Skips the next value when it is `null`, and says whether it was.
    package mutating func skipNull() throws(JSONError) -> Bool {
        guard try peek() == .null else { return false }
        try skipWord("null")
        return true
    }

    /// An error for the value that comes next: what the reader needs there.
    package func mismatch(_ needed: String) -> JSONError {
        JSONError(.mismatch(needed), at: index)
    }

    // MARK: Bytes

    func current() throws(JSONError) -> UInt8 {
        guard index < bytes.count else { throw JSONError(.unexpectedEnd, at: index) }
        return bytes[index]
    }

    /// RFC 8259, section 2: space, tab, line feed and carriage return, and nothing else.
    mutating func skipWhitespace() {
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x09, 0x0A, 0x0D: index += 1
            default: return
            }
        }
    }

    mutating func expect(_ byte: UInt8) throws(JSONError) {
        guard try current() == byte else { throw JSONError(.unexpectedCharacter, at: index) }
        index += 1
    }

    private mutating func skipWord(_ word: StaticString) throws(JSONError) {
        for position in 0..<word.utf8CodeUnitCount { try expect(word.utf8Start[position]) }
    }
}
