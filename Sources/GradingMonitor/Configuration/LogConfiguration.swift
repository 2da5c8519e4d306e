import Configuration
import Logging

/// What is logged and how; to standard error, always.
struct LogConfiguration: Sendable, Equatable {
    /// The least level that is written.
    var level: Logger.Level = .info
    var format: LogFormat = .text
}

extension LogConfiguration {
    /// - `log.level` (`LOG_LEVEL`, default `info`, `warning` for commands that end by themselves): trace, debug, info, notice, warning, error or critical.
    /// - `log.format` (`LOG_FORMAT`, default `text`): `text`, one line each, or `json`, one object a line.
    /// - Parameter level: the level of a command that would rather be quiet.
    init(_ config: ConfigReader, unlessSet level: Logger.Level = .info) async throws(ConfigurationError) {
        self.level = level
        if let text = try await config.text(.logLevel) {
            guard let level = Logger.Level(rawValue: text.lowercased()) else {
                let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
                throw ConfigurationError(.logLevel, "is not a log level", remedy: "set it to one of \(levels)")
            }
            self.level = level
        }
        if let text = try await config.text(.logFormat) {
            guard let format = LogFormat(rawValue: text.lowercased()) else {
                throw ConfigurationError(.logFormat, "is not a log format", remedy: "set it to text or json")
            }
            self.format = format
        }
    }
}
