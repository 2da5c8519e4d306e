import GradingCore
import Logging

/// Writes each event as one line, in one of two formats.
struct LineLogHandler: LogHandler {
    let label: String
    let format: LogFormat
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    var wallClock: WallClock = .system
    /// Takes one line, without its end.
    let write: @Sendable (String) -> Void

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var merged = metadata
        if let provided = metadataProvider?.get() { merged.merge(provided) { $1 } }
        if let explicit = event.metadata { merged.merge(explicit) { $1 } }
        if let error = event.error { merged["error"] = "\(error)" }
        let record = LogRecord(
            time: wallClock.now(),
            level: event.level,
            logger: label,
            message: event.message.description,
            metadata: merged
        )
        write(format.line(for: record))
    }
}
