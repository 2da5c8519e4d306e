import GradingCore

extension [UInt8] {
    /// The bytes for a `jsonb` value: a version and the text (`jsonb_recv` in PostgreSQL's jsonb.c).
    ///
    /// What `jsonb` cannot hold, although it is JSON (RFC 8259), is kept as a JSON string of the same text: the escape of
    /// U+0000, and numbers beyond `numeric` (manual, 8.14 and 8.1.2). A grade is never refused for it.
    var postgresJSON: [UInt8] {
        var bytes: [UInt8] = [1]
        bytes.reserveCapacity(count + 1)
        var limits = JSONBLimits()
        if allSatisfy({ limits.allow($0) }) {
            bytes.append(contentsOf: self)
        } else {
            JSONText.append(String(decoding: self, as: UTF8.self), to: &bytes)
        }
        return bytes
    }
}

/// Reads sound JSON byte by byte and says whether `jsonb` can hold what came so far.
private struct JSONBLimits {
    /// `numeric` holds 131,072 digits before and 16,383 after the point. No exponent of three digits leads out of that.
    private static let numberDigits = 1_000
    private static let exponentDigits = 3

    private var isInString = false
    /// Bytes of an escape so far, `\u000` at most; 0 outside of one.
    private var nullEscape = 0
    private var digits = 0
    private var isExponent = false

    mutating func allow(_ byte: UInt8) -> Bool {
        isInString ? allowInString(byte) : allowOutside(byte)
    }

    private mutating func allowInString(_ byte: UInt8) -> Bool {
        switch (nullEscape, byte) {
        case (0, UInt8(ascii: "\\")): nullEscape = 1
        case (0, UInt8(ascii: "\"")): isInString = false
        case (0, _): break
        case (1, UInt8(ascii: "u")), (2...4, UInt8(ascii: "0")): nullEscape += 1
        case (5, UInt8(ascii: "0")): return false
        default: nullEscape = 0
        }
        return true
    }

    private mutating func allowOutside(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            digits += 1
            return digits <= (isExponent ? Self.exponentDigits : Self.numberDigits)
        case UInt8(ascii: "e"), UInt8(ascii: "E"):
            isExponent = digits > 0
            digits = 0
        case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
            break
        default:
            isInString = byte == UInt8(ascii: "\"")
            isExponent = false
            digits = 0
        }
        return true
    }
}
