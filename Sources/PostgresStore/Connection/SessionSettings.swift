/// What a session asks of the server. The server gives up before the monitor does (``ConnectionRole/budget``), so that the connection stays
/// good.
struct SessionSettings: Sendable {
    private let all: [(name: String, value: String)]

    init(_ role: ConnectionRole) {
        all = [
            ("statement_timeout", "\(role.statementTimeout)"),
            ("lock_timeout", "\(role.lockTimeout)"),
            // A monitor that was stopped or cut off in the middle of a transaction must not keep its locks.
            ("idle_in_transaction_session_timeout", "10000"),
            // An answer means: flushed here, and on the synchronous standby if there is one. Whatever the server's default is.
            ("synchronous_commit", "on"),
            // Planned once, for arrays of any length: planning anew costs more than it can gain.
            ("plan_cache_mode", "force_generic_plan"),
            // A plan made while a table was still empty must not read all of it when it has grown.
            ("enable_seqscan", "off"),
            ("jit", "off"),
            ("client_min_messages", "warning"),
        ]
    }

    /// For the startup packet.
    var startupOptions: String { all.map { "-c \($0.name)=\($0.value)" }.joined(separator: " ") }

    /// For one transaction, where a pooler hands the server's connection to somebody else after it.
    var local: Statement {
        let calls = all.map { "set_config('\($0.name)', '\($0.value)', true)" }
        return Statement("settings", "SELECT " + calls.joined(separator: ", "))
    }
}

extension ConnectionRole {
    /// In milliseconds; 0 means none.
    fileprivate var statementTimeout: Int {
        switch self {
        case .writer: 2_500
        case .pool, .listener: 15_000
        case .migration: 0
        }
    }

    /// In milliseconds; 0 means none.
    fileprivate var lockTimeout: Int { self == .migration ? 0 : 2_000 }
}
