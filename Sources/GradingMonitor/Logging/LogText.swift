/// Text made safe for a log line. What comes from outside (an error text, a header) must not start a line of its own, move
/// the cursor of a terminal, or turn the reading direction round (CWE-117).
enum LogText {
    /// Control, format-direction and line-separator characters as `\n`, `\u{1B}` and the like; the rest as it is.
    static func escaped(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isUnsafe) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            if isUnsafe(scalar) {
                result += shortEscape(of: scalar) ?? "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// A key or value of a text line: in quotes when it is empty or holds a blank, a quote, a backslash or an equals sign.
    static func word(_ text: String) -> String {
        guard text.isEmpty || text.contains(where: { " \"\\=".contains($0) }) else { return escaped(text) }
        var quoted = ""
        for character in text {
            if character == "\"" || character == "\\" { quoted += "\\" }
            quoted.append(character)
        }
        return "\"\(escaped(quoted))\""
    }

    /// A JSON string with its quotes (RFC 8259, section 7). The unsafe characters are escaped too, where JSON would let them by.
    static func json(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case _ where isUnsafe(scalar): result += shortEscape(of: scalar) ?? hexEscape(of: scalar)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00...0x1F, 0x7F...0x9F, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF: true
        default: false
        }
    }

    private static func shortEscape(of scalar: Unicode.Scalar) -> String? {
        switch scalar {
        case "\n": "\\n"
        case "\r": "\\r"
        case "\t": "\\t"
        default: nil
        }
    }

    /// All unsafe characters lie in the basic plane, so that four digits do.
    private static func hexEscape(of scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
}
