import PostgresStore

/// Where the database is, from `DATABASE_URL`.
enum DatabaseLocation: Sendable, Equatable {
    /// A file of SQLite, by its path: relative to the working directory unless it begins with a slash.
    case sqlite(path: String)

    /// A server of PostgreSQL, by its URL as libpq understands it. It may hold a password.
    case postgres(url: String)

    /// What is used when nothing is set.
    static let standard = DatabaseLocation.sqlite(path: "./data/grading-monitor.db")

    private static let remedy = """
        set it to sqlite:PATH or postgresql://USER:PASSWORD@HOST:PORT/DATABASE, for example sqlite:./data/grading-monitor.db
        """

    /// Reads `sqlite:PATH` (and `sqlite:///absolute/path`) and `postgresql://…`. The error quotes the scheme only: a URL may
    /// hold a password.
    init(url: String) throws(ConfigurationError) {
        let scheme = url.prefix { $0 != ":" }.lowercased()
        guard url.utf8.count > scheme.utf8.count + 1 else { throw Self.unknown(scheme, in: url) }
        switch scheme {
        case "sqlite": self = .sqlite(path: try Self.path(url.dropFirst(scheme.count + 1)))
        case "postgresql", "postgres": self = .postgres(url: try Self.postgres(url))
        default: throw Self.unknown(scheme, in: url)
        }
    }

    private static func path(_ text: Substring) throws(ConfigurationError) -> String {
        let path = text.hasPrefix("///") ? text.dropFirst(2) : text
        guard !path.hasPrefix("//"), !path.hasSuffix("/"), !path.hasPrefix(":"), !path.contains("?"), !path.contains("\0") else {
            throw ConfigurationError(
                .databaseURL,
                "does not name a file on this machine",
                remedy: "set it to sqlite:PATH, for example sqlite:./data/grading-monitor.db"
            )
        }
        return String(path)
    }

    private static func postgres(_ url: String) throws(ConfigurationError) -> String {
        guard PostgresStore.understands(url: url) else {
            throw ConfigurationError(
                .databaseURL,
                "is not a PostgreSQL URL that libpq understands",
                remedy: """
                    set it to postgresql://USER:PASSWORD@HOST:PORT/DATABASE; percent-encode what is special in a password, and \
                    see the PostgreSQL manual, 34.1.1.2, for parameters
                    """
            )
        }
        return url
    }

    private static func unknown(_ scheme: String, in url: String) -> ConfigurationError {
        guard scheme.count < url.count, scheme.count <= 16, scheme.allSatisfy({ $0.isASCII && $0.isLetter }) else {
            return ConfigurationError(.databaseURL, "is not a database URL", remedy: remedy)
        }
        return ConfigurationError(.databaseURL, "begins with \(scheme):, which is neither SQLite nor PostgreSQL", remedy: remedy)
    }
}

/// For people: without what only the server should know.
extension DatabaseLocation: CustomStringConvertible {
    var description: String {
        switch self {
        case .sqlite(let path): path
        case .postgres: "on PostgreSQL"
        }
    }
}
