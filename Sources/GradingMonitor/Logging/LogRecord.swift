import GradingCore
import Logging

/// One event as it is about to be written.
struct LogRecord: Sendable {
    let time: Timestamp
    let level: Logger.Level
    /// The logger's label.
    let logger: String
    let message: String
    /// The logger's own metadata, what the task carries, and what the event brings; the latter win.
    let metadata: Logger.Metadata
}
