extension JSONScanner {
    /// Reads the string that comes next.
    package mutating func readString() throws(JSONError) -> JSONString {
        skipWhitespace()
        try expect(UInt8(ascii: "\""))
        let start = index
        var hasEscapes = false
        while true {
            index = endOfPlainText(from: index)
            switch try current() {
            case UInt8(ascii: "\""):
                index += 1
                return JSONString(range: start..<(index - 1), hasEscapes: hasEscapes)
            case UInt8(ascii: "\\"):
                hasEscapes = true
                try skipEscape()
            default:
                throw JSONError(.controlCharacter, at: index)
            }
        }
    }

    /// The string's text, escapes resolved.
    package func text(of string: JSONString) -> String {
        guard string.hasEscapes else { return String(decoding: bytes[string.range], as: UTF8.self) }
        return String(decoding: unescapedBytes(of: string), as: UTF8.self)
    }

    /// The index of the next quote, backslash or control character, or the document's end.
    /// Eight bytes at a time: strings are most of what a callback holds.
    private func endOfPlainText(from start: Int) -> Int {
        let everyByte: UInt64 = 0x0101_0101_0101_0101
        let highBits: UInt64 = 0x8080_8080_8080_8080
        let text = bytes.span.bytes
        var index = start
        while index + 8 <= text.byteCount {
            // The first byte is the lowest one, on any machine.
            let word = UInt64(littleEndian: text.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
            let quote = word ^ (everyByte &* UInt64(UInt8(ascii: "\"")))
            let backslash = word ^ (everyByte &* UInt64(UInt8(ascii: "\\")))
            // The classic test for a byte below n: it borrows. It can err only above a true hit, never miss one.
            let hit = (quote &- everyByte) & ~quote | (backslash &- everyByte) & ~backslash | (word &- everyByte &* 0x20) & ~word
            if hit & highBits != 0 { return index + (hit & highBits).trailingZeroBitCount / 8 }
            index += 8
        }
        while index < bytes.count {
            let byte = bytes[index]
            if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { break }
            index += 1
        }
        return index
    }

    // MARK: Escapes

    private mutating func skipEscape() throws(JSONError) {
        let start = index
        index += 1
        switch try current() {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            index += 1
        case UInt8(ascii: "u"):
            try skipUnicodeEscape(from: start)
        default:
            throw JSONError(.invalidEscape, at: start)
        }
    }

    private mutating func skipUnicodeEscape(from start: Int) throws(JSONError) {
        guard let unit = codeUnit(at: start) else { throw JSONError(.invalidEscape, at: start) }
        index = start + 6
        guard UTF16.isSurrogate(unit) else { return }
        // RFC 8259, section 8.2: what a lone surrogate means is unpredictable, so it is refused.
        guard UTF16.isLeadSurrogate(unit), let second = codeUnit(at: index), UTF16.isTrailSurrogate(second) else {
            throw JSONError(.loneSurrogate, at: start)
        }
        index += 6
    }

    /// The code unit of a `\uXXXX` that begins at `position`; `nil` when there is no such escape.
    private func codeUnit(at position: Int) -> UInt16? {
        guard position + 6 <= bytes.count, bytes[position] == UInt8(ascii: "\\"), bytes[position + 1] == UInt8(ascii: "u")
        else { return nil }
        var unit: UInt16 = 0
        for offset in 2..<6 {
            guard let digit = hexDigit(bytes[position + offset]) else { return nil }
            unit = unit << 4 | digit
        }
        return unit
    }

    private func hexDigit(_ byte: UInt8) -> UInt16? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt16(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt16(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt16(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }

    /// The string's UTF-8 with escapes resolved. The string was read, so every escape in it is sound.
    func unescapedBytes(of string: JSONString) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(string.range.count)
        var position = string.range.lowerBound
        while position < string.range.upperBound {
            if bytes[position] != UInt8(ascii: "\\") {
                text.append(bytes[position])
                position += 1
            } else if let first = codeUnit(at: position) {
                let second = UTF16.isLeadSurrogate(first) ? codeUnit(at: position + 6) : nil
                let units = [first, second].compactMap(\.self)
                text.append(contentsOf: String(decoding: units, as: UTF16.self).utf8)
                position += 6 * units.count
            } else {
                text.append(shortEscape(bytes[position + 1]))
                position += 2
            }
        }
        return text
    }

    private func shortEscape(_ letter: UInt8) -> UInt8 {
        switch letter {
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: letter
        }
    }
}
