/// How a log line is written. The raw value is the word in the configuration.
enum LogFormat: String, Sendable, CaseIterable {
    /// For people: `time level message key=value …`.
    case text
    /// For machines: one JSON object (RFC 8259) a line.
    case json

    /// The record as one line, without the line's end. Nothing that was logged can break out of its line.
    func line(for record: LogRecord) -> String {
        switch self {
        case .text: record.textLine
        case .json: record.jsonLine
        }
    }
}
