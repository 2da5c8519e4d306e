extension JSONScanner {
    /// Reads the number that comes next.
    package mutating func readNumber() throws(JSONError) -> JSONNumber {
        skipWhitespace()
        let start = index
        if try current() == UInt8(ascii: "-") { index += 1 }
        try skipIntegerPart()
        var isInteger = true
        if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
            isInteger = false
            index += 1
            try skipDigits()
        }
        let mantissa = start..<index
        var exponent: Int?
        if index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            exponent = try readExponent()
        }
        // Without an exponent, 300 characters can neither overflow a double nor vanish in it.
        if exponent != nil || mantissa.count > 300 {
            guard fitsDouble(start..<index, mantissa: mantissa, exponent: exponent ?? 0) else {
                throw JSONError(.numberOutOfRange, at: start)
            }
        }
        return JSONNumber(range: start..<index, isInteger: isInteger)
    }

    /// The nearest double.
    package func double(of number: JSONNumber) -> Double {
        if let value = exactDouble(of: number) { return value }
        return Double(String(decoding: bytes[number.range], as: UTF8.self)) ?? .nan
    }

    /// The nearest double of a number as people write them, `nil` of any other: up to 15 digits and a power of ten to 15 are exact
    /// as doubles, so that their quotient is rounded once (W. Clinger, "How to read floating point numbers accurately", 1990).
    private func exactDouble(of number: JSONNumber) -> Double? {
        guard number.range.count <= 16 else { return nil }
        var digits = 0
        var power = 1
        var hasPoint = false
        for byte in bytes[number.range] {
            switch byte {
            case UInt8(ascii: "-"): continue
            case UInt8(ascii: "."): hasPoint = true
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                digits = digits * 10 + Int(byte - UInt8(ascii: "0"))
                if hasPoint { power *= 10 }
            default: return nil
            }
        }
        guard digits < 1_000_000_000_000_000 else { return nil }
        let value = Double(digits) / Double(power)
        return bytes[number.range.lowerBound] == UInt8(ascii: "-") && (digits > 0 || !number.isInteger) ? -value : value
    }

    /// `nil` when the number is written with a fraction or an exponent, or is too large.
    package func integer(of number: JSONNumber) -> Int? {
        number.isInteger ? Int(String(decoding: bytes[number.range], as: UTF8.self)) : nil
    }

    // MARK: Grammar

    private mutating func skipIntegerPart() throws(JSONError) {
        guard try current() == UInt8(ascii: "0") else { return try skipDigits() }
        index += 1
        if index < bytes.count, isDigit(bytes[index]) { throw JSONError(.invalidNumber, at: index) }
    }

    private mutating func skipDigits() throws(JSONError) {
        guard isDigit(try current()) else { throw JSONError(.invalidNumber, at: index) }
        while index < bytes.count, isDigit(bytes[index]) { index += 1 }
    }

    /// The exponent's value, held within ±1,000,000,000: no document is long enough for its mantissa to outweigh that.
    private mutating func readExponent() throws(JSONError) -> Int {
        index += 1
        let sign = try current()
        if sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { index += 1 }
        let start = index
        try skipDigits()
        var value = 0
        for byte in bytes[start..<index] { value = min(value * 10 + Int(byte - UInt8(ascii: "0")), 1_000_000_000) }
        return sign == UInt8(ascii: "-") ? -value : value
    }

    private func isDigit(_ byte: UInt8) -> Bool {
        byte &- UInt8(ascii: "0") < 10
    }

    // MARK: Range

    /// Whether a double can hold the number: neither infinite nor, without being zero, as good as zero.
    private func fitsDouble(_ range: Range<Int>, mantissa: Range<Int>, exponent: Int) -> Bool {
        guard let leading = leadingDigitExponent(mantissa) else {
            // Zero, whatever the exponent says; an exponent that no double has is still nonsense.
            return abs(exponent) <= 308
        }
        switch leading + exponent {
        case -323...307: return true
        case -324, 308:
            // Beside the limits (4.94e-324, 1.798e308) the digits decide.
            guard let value = Double(String(decoding: bytes[range], as: UTF8.self)) else { return false }
            return value.isFinite && value != 0
        default: return false
        }
    }

    /// The power of ten of the first digit that is not zero (0 for `7`, 2 for `700`, -2 for `0.07`); `nil` for zero.
    private func leadingDigitExponent(_ mantissa: Range<Int>) -> Int? {
        guard let first = bytes[mantissa].firstIndex(where: { (UInt8(ascii: "1")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        let point = bytes[mantissa].firstIndex(of: UInt8(ascii: ".")) ?? mantissa.upperBound
        return point > first ? point - first - 1 : point - first
    }
}
