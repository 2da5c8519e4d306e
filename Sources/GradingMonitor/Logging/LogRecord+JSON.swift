import GradingCore
import Logging

extension LogRecord {
    /// `{"time":…,"level":…,"logger":…,"message":…,"metadata":{…}}`; `metadata` only when there is any.
    var jsonLine: String {
        var line = "{\"time\":\"\(time.iso8601)\",\"level\":\"\(level.rawValue)\",\"logger\":\(LogText.json(logger))"
        line += ",\"message\":\(LogText.json(message))"
        if !metadata.isEmpty { line += ",\"metadata\":\(Self.json(metadata))" }
        return line + "}"
    }

    private static func json(_ members: Logger.Metadata) -> String {
        let texts = members.sorted { $0.key < $1.key }.map { "\(LogText.json($0.key)):\(json($0.value))" }
        return "{" + texts.joined(separator: ",") + "}"
    }

    private static func json(_ value: Logger.Metadata.Value) -> String {
        switch value {
        case .string(let text): LogText.json(text)
        case .stringConvertible(let value): LogText.json(value.description)
        case .array(let values): "[" + values.map { json($0) }.joined(separator: ",") + "]"
        case .dictionary(let members): json(members)
        }
    }
}
