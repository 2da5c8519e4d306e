/// The grammar of ids that come from outside: `[A-Za-z0-9._-]{1,128}`, and neither `.` nor `..`.
///
/// ASCII only, because Swift compares strings by Unicode canonical equivalence and databases compare bytes.
enum IdentifierGrammar {
    static func accepts(_ text: String) -> Bool {
        let bytes = text.utf8
        guard (1...128).contains(bytes.count), text != ".", text != ".." else { return false }
        return bytes.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
    }
}

/// The grading server's name for one run of one student's exam. Always within ``IdentifierGrammar``.
package struct TaskID: Sendable, Hashable, Comparable, CustomStringConvertible {
    package let rawValue: String

    /// `nil` when the text is outside the grammar.
    package init?(_ text: String) {
        guard IdentifierGrammar.accepts(text) else { return nil }
        rawValue = text
    }

    package var description: String { rawValue }

    package static func < (lhs: TaskID, rhs: TaskID) -> Bool { lhs.rawValue < rhs.rawValue }
}

/// The web app's name for one grading session. From outside it comes only within ``IdentifierGrammar``.
package struct SessionID: Sendable, Hashable, Comparable, CustomStringConvertible {
    package let rawValue: String

    /// An id that a database holds already: whatever the web app chose.
    package init(stored rawValue: String) {
        self.rawValue = rawValue
    }

    /// `nil` when the text is outside the grammar.
    package init?(_ text: String) {
        guard IdentifierGrammar.accepts(text) else { return nil }
        rawValue = text
    }

    package var description: String { rawValue }

    package static func < (lhs: SessionID, rhs: SessionID) -> Bool { lhs.rawValue < rhs.rawValue }
}

/// The primary key of a row in `students`, as its writer made it. Trusted: it comes from the database only.
package struct StudentRowID: Sendable, Hashable, CustomStringConvertible {
    package let rawValue: String

    package init(_ rawValue: String) {
        self.rawValue = rawValue
    }

    package var description: String { rawValue }
}
