import CPostgres

/// How to reach the server: the operator's URL, and what the monitor asks for where the URL does not say otherwise.
struct ConnectionOptions: Sendable {
    /// `DATABASE_URL` without what only Prisma understands. May hold a password: never to be logged.
    private let url: String
    /// Keywords that the URL sets itself, with their values.
    private let given: [String: String]
    /// The schema of the web app's tables: Prisma's parameter `schema`, else `public`.
    let webAppSchema: String

    /// Parameters of Prisma's own that libpq would refuse. (https://www.prisma.io/docs/orm/overview/databases/postgresql)
    private static let prismaParameters: Set = [
        "schema", "connection_limit", "pool_timeout", "socket_timeout", "pgbouncer", "statement_cache_size", "sslaccept",
        "sslidentity",
    ]

    /// `nil` when libpq does not take the URL. Its own message is not passed on: it quotes the URL, which may hold a password.
    init?(url: String) {
        let (head, parameters) = Self.split(url)
        let foreign = parameters.filter { Self.prismaParameters.contains($0.name) }
        let own = parameters.filter { !Self.prismaParameters.contains($0.name) }
        self.url = head + (own.isEmpty ? "" : "?" + own.map(\.text).joined(separator: "&"))
        webAppSchema = foreign.last { $0.name == "schema" && !$0.value.isEmpty }?.value ?? "public"
        guard let given = Self.keywords(in: self.url) else { return nil }
        self.given = given
    }

    /// The keywords and values for `PQconnectdbParams`: a later one overrides an earlier one, and the URL stands in between.
    func keywords(for role: ConnectionRole, settings: String?) -> [(keyword: String, value: String)] {
        var keywords = [
            ("fallback_application_name", role.applicationName),
            // Seconds for each host; libpq takes no less than 2.
            ("connect_timeout", "2"),
            // A standby takes no callbacks: look at the next host, or fail.
            ("target_session_attrs", "read-write"),
            ("keepalives_idle", "10"),
            ("keepalives_interval", "2"),
            ("keepalives_count", "3"),
            // Milliseconds for which sent data may stay unacknowledged by the peer's kernel.
            ("tcp_user_timeout", "6000"),
            ("dbname", url),
            ("client_encoding", "UTF8"),
            ("application_name", role.applicationName),
        ]
        if given["application_name"] != nil { keywords.removeLast() }
        // After the operator's own, so that no URL takes away what an acknowledgement rests on: of two the later one counts.
        if let settings { keywords.append(("options", [given["options"], settings].compactMap(\.self).joined(separator: " "))) }
        return keywords
    }

    private struct URLParameter {
        let name: String
        let value: String
        let text: String
    }

    private static func split(_ url: String) -> (head: String, parameters: [URLParameter]) {
        let parts = url.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return (url, []) }
        let parameters = parts[1].split(separator: "&").map { text in
            let pair = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return URLParameter(name: String(pair[0]), value: pair.count == 2 ? String(pair[1]) : "", text: String(text))
        }
        return (String(parts[0]), parameters)
    }

    /// The keywords that have a value in the URL; `nil` when libpq refuses it.
    private static func keywords(in url: String) -> [String: String]? {
        guard let options = PQconninfoParse(url, nil) else { return nil }
        defer { PQconninfoFree(options) }
        var keywords: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { keywords[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        return keywords
    }
}
