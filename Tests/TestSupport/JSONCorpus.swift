/// JSON texts with a verdict: well-formed or not, by RFC 8259 and by the project's own, stricter rules (no duplicate keys,
/// UTF-8 only, at most 64 levels, numbers that a double can hold). Its categories are those of the public JSONTestSuite;
/// every text is our own.
package enum JSONCorpus {
    /// One text and what a strict reader must say of it.
    package struct Case: Sendable, CustomStringConvertible {
        package let name: String
        package let bytes: [UInt8]
        package let isWellFormed: Bool
        package let placement: Placement

        package var description: String { name }

        /// The case as the body of a callback: good but for the case itself.
        /// - Parameter task: the task that the callback speaks of.
        package func callback(task: String = "t-1") -> [UInt8] {
            switch placement {
            case .document: bytes
            case .value: Array(JSONCorpus.head(task: task).utf8) + bytes + [UInt8(ascii: "}")]
            }
        }
    }

    /// Where a case's bytes stand in a callback.
    package enum Placement: Sendable {
        /// As the value of a member that no reader knows.
        case value
        /// They are the whole body.
        case document
    }

    /// Every case; the names are unique.
    package static let cases =
        literals + strings + escapes + wrongStrings + numbers + wrongNumbers + arrays + objects + duplicates + nesting
        + encodings + documents

    static func head(task: String) -> String {
        #"{"task_id":"\#(task)","status":"SUCCESS","result":{"status":"COMPLETED","results":"#
            + #"{"1a":{"score":2,"max_score":4,"feedback":"Half of it."}}},"extra":"#
    }

    /// The callback that the value cases are put into, with a harmless value.
    static func goodCallback(task: String = "t-1") -> String { head(task: task) + "1}" }

    static func good(_ name: String, _ text: String) -> Case {
        Case(name: name, bytes: Array(text.utf8), isWellFormed: true, placement: .value)
    }

    static func bad(_ name: String, _ text: String) -> Case {
        Case(name: name, bytes: Array(text.utf8), isWellFormed: false, placement: .value)
    }

    static func bad(_ name: String, bytes: [UInt8]) -> Case {
        Case(name: name, bytes: bytes, isWellFormed: false, placement: .value)
    }

    /// A string whose content is these bytes.
    static func quoted(_ bytes: [UInt8]) -> [UInt8] {
        [UInt8(ascii: "\"")] + bytes + [UInt8(ascii: "\"")]
    }
}
