import GradingCore
import Logging

extension LogRecord {
    /// `2026-11-23T10:30:00.000Z info    message key=value other="two words"`
    var textLine: String {
        let padded = level.rawValue + String(repeating: " ", count: max(0, 8 - level.rawValue.count))
        var line = "\(time.iso8601) \(padded) \(LogText.escaped(message))"
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            line += " \(LogText.word(key))=\(LogText.word(Self.text(of: value)))"
        }
        return line
    }

    private static func text(of value: Logger.Metadata.Value) -> String {
        switch value {
        case .string(let text): text
        case .stringConvertible(let value): value.description
        case .array(let values): "[" + values.map(text(of:)).joined(separator: ", ") + "]"
        case .dictionary(let members):
            "{" + members.sorted { $0.key < $1.key }.map { "\($0.key): \(text(of: $0.value))" }.joined(separator: ", ") + "}"
        }
    }
}
