import Glibc

/// JSON in UTF-8 that the scanner has found sound, and what `jsonb` makes of it. All of RFC 8259 that a scanner lets through fits,
/// but for two things (manual, 8.14 and 8.1.2): the escape of U+0000, and numbers of more digits than `numeric` has. A grade is
/// refused for neither.
extension [UInt8] {
    /// Appends JSON as a text that becomes `jsonb`.
    ///
    /// U+FFFD stands for U+0000, and the nearest double, which is what most readers make of any number, for a very long number.
    mutating func append(postgresJSON json: [UInt8]) {
        let start = count
        let json = json.mayHoldLongNumber ? json.withShortNumbers : json
        append(contentsOf: json)
        for position in json.nullEscapes { replaceSubrange(start + position + 2..<start + position + 6, with: "fffd".utf8) }
    }

    /// Whether `jsonb` keeps U+FFFD for a U+0000 in it.
    var hasNullEscape: Bool { !nullEscapes.isEmpty }

    // MARK: The escape of U+0000

    /// Where `\u0000` begins: from one backslash to the next, and what one has escaped is passed over.
    private var nullEscapes: [Int] {
        let escape = #"\u0000"#
        return withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return [] }
            var found: [Int] = []
            var position = 0
            while position < count, let hit = memchr(base + position, CInt(UInt8(ascii: "\\")), count - position) {
                position = UnsafeRawPointer(hit) - base
                let isNull = position + escape.utf8.count <= count && memcmp(hit, escape, escape.utf8.count) == 0
                if isNull { found.append(position) }
                position += isNull ? escape.utf8.count : 2
            }
            return found
        }
    }

    // MARK: Long numbers

    /// `numeric` holds 131,072 digits before and 16,383 after the point: no number of a double's range and so many bytes at most
    /// is beyond that.
    private static let longestNumber = 1_000

    /// A look at every 500th byte, since nearly no document has one.
    private var mayHoldLongNumber: Bool {
        stride(from: Self.longestNumber / 2, to: count, by: Self.longestNumber / 2).contains { position in
            let before = self[...position].suffix(Self.longestNumber + 1).reversed().prefix { $0.isPartOfNumber }
            let after = self[(position + 1)...].prefix(Self.longestNumber).prefix { $0.isPartOfNumber }
            return before.count + after.count > Self.longestNumber
        }
    }

    private var withShortNumbers: [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(count)
        var rest = self[...]
        while let byte = rest.first {
            let token = byte == UInt8(ascii: "\"") ? rest.stringToken : byte.beginsNumber ? rest.numberToken : rest.prefix(1)
            result.append(contentsOf: token.count > Self.longestNumber && byte.beginsNumber ? token.nearestDouble : token)
            rest = rest.dropFirst(token.count)
        }
        return result
    }
}

extension ArraySlice<UInt8> {
    /// A string at the beginning, with its quotes.
    fileprivate var stringToken: ArraySlice {
        var isEscaped = false
        let end = dropFirst().firstIndex { byte in
            defer { isEscaped = !isEscaped && byte == UInt8(ascii: "\\") }
            return byte == UInt8(ascii: "\"") && !isEscaped
        }
        return self[...(end ?? endIndex - 1)]
    }

    fileprivate var numberToken: ArraySlice { prefix { $0.isPartOfNumber } }

    fileprivate var nearestDouble: ArraySlice {
        let value = Double(String(decoding: self, as: UTF8.self)) ?? 0
        let finite = Swift.max(-.greatestFiniteMagnitude, Swift.min(value, .greatestFiniteMagnitude))
        return ArraySlice("\(finite)".utf8)
    }
}

extension UInt8 {
    fileprivate var beginsNumber: Bool { self == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }

    fileprivate var isPartOfNumber: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "e"),
            UInt8(ascii: "E"):
            true
        default: false
        }
    }
}
