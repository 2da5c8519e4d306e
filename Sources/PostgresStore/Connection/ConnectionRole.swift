/// What a connection is for; seen in `pg_stat_activity`.
enum ConnectionRole: String, Sendable {
    /// The commit queue's own.
    case writer
    /// Everything else.
    case pool
    /// Waits for news of other instances.
    case listener
    /// Brings the schema up to date, once.
    case migration

    var applicationName: String { "grading-monitor \(rawValue)" }

    /// How long one piece of work may take, with all that it tries again, before its caller is told to come back later.
    var budget: Duration {
        switch self {
        case .writer: .seconds(3)
        case .pool, .listener: .seconds(16)
        case .migration: .seconds(600)
        }
    }
}
