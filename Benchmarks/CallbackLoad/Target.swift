import FoundationEssentials

/// Where the callbacks go.
struct Target: Sendable, Equatable {
    let host: String
    let port: Int
    let path: String

    var authority: String { "\(host):\(port)" }

    /// - Parameter text: `http://HOST:PORT`; without a path, the monitor's webhook path.
    init(_ text: String) throws(LoadError) {
        guard let url = URL(string: text), url.scheme == "http", let host = url.host(), !host.isEmpty else { throw .badURL }
        self.host = host
        port = url.port ?? 80
        path = url.path().isEmpty || url.path() == "/" ? "/api/webhooks/grading" : url.path()
    }
}
