import FoundationEssentials

/// Something that a command prints: a line of JSON for programs, text for people.
protocol JSONReport: Encodable {
    var text: String { get }
}

extension JSONReport {
    /// One line of JSON, members in a fixed order.
    func jsonLine() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}

/// Lines of a name and a figure, in two columns.
enum Columns {
    static func text(_ rows: [(name: String, value: String)]) -> String {
        let width = rows.map(\.name.count).max() ?? 0
        let lines = rows.map { row in
            row.name + String(repeating: " ", count: width - row.name.count + 2) + LogText.escaped(row.value)
        }
        return lines.joined(separator: "\n")
    }
}
