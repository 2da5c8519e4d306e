import Logging

extension LogConfiguration {
    /// A logger that writes to standard error as configured.
    func logger(_ label: String) -> Logger {
        Logger(label: label) { handler(label: $0, provider: nil) }
    }

    /// Makes libraries that look for a logger of their own log the same way. Once in a process.
    func installForLibraries() {
        LoggingSystem.bootstrap({ handler(label: $0, provider: $1) }, metadataProvider: nil)
    }

    private func handler(label: String, provider: Logger.MetadataProvider?) -> LineLogHandler {
        LineLogHandler(label: label, format: format, logLevel: level, metadataProvider: provider) { line in
            StandardStreams.error(line)
        }
    }
}
