import HTTPTypes

/// For orchestrators; open to all.
struct HealthRoutes: Sendable {
    let readiness: Readiness

    var endpoints: [Endpoint] {
        [
            // Alive means: it answers. A database that is down is no reason to restart the server.
            Endpoint("/livez", .get, .head) { _ in .json(["status": "ok"]) },
            Endpoint("/readyz", .get, .head) { _ in await readiness.response() },
        ]
    }
}
