/// Where the database is, from `DATABASE_URL`.
enum DatabaseLocation: Sendable, Equatable {
    /// A file of SQLite, by its path: relative to the working directory unless it begins with a slash.
    case sqlite(path: String)

    /// What is used when nothing is set.
    static let standard = DatabaseLocation.sqlite(path: "./data/grading-monitor.db")

    /// Reads `sqlite:PATH` (and `sqlite:///absolute/path`). The error quotes the scheme only: a URL may hold a password.
    init(url: String) throws(ConfigurationError) {
        let scheme = url.prefix { $0 != ":" }.lowercased()
        guard scheme == "sqlite", url.utf8.count > scheme.utf8.count + 1 else { throw Self.unknown(scheme, in: url) }
        var path = String(url.dropFirst(scheme.count + 1))
        if path.hasPrefix("///") { path.removeFirst(2) }
        guard !path.hasPrefix("//"), !path.hasSuffix("/"), !path.hasPrefix(":"), !path.contains("?"), !path.contains("\0") else {
            throw ConfigurationError(
                .databaseURL,
                "does not name a file on this machine",
                remedy: "set it to sqlite:PATH, for example sqlite:./data/grading-monitor.db"
            )
        }
        self = .sqlite(path: path)
    }

    private static func unknown(_ scheme: String, in url: String) -> ConfigurationError {
        let remedy = "set it to sqlite:PATH, for example sqlite:./data/grading-monitor.db"
        if scheme == "postgresql" || scheme == "postgres" {
            return ConfigurationError(.databaseURL, "asks for PostgreSQL, but this build serves SQLite", remedy: remedy)
        }
        guard scheme.count < url.count, scheme.count <= 16, scheme.allSatisfy({ $0.isASCII && $0.isLetter }) else {
            return ConfigurationError(.databaseURL, "is not a database URL", remedy: remedy)
        }
        return ConfigurationError(.databaseURL, "begins with \(scheme):, but this build serves SQLite", remedy: remedy)
    }
}
