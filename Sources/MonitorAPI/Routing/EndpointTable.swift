import HTTPTypes
import HummingbirdCore

/// All endpoints, and the way from a request to the one that answers it.
struct EndpointTable: Sendable {
    private let endpoints: [Endpoint]

    init(_ endpoints: [Endpoint]) {
        self.endpoints = endpoints
    }

    /// Answers the request; throws a 404 for an unknown path and a 405 for a method that the path does not know.
    func respond(to request: APIRequest) async throws -> Response {
        // Bytes, not characters: a slash is no part of a longer character in a target (RFC 9112, section 3.2).
        var path = request.path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map(Substring.init)
        guard path.count > 1, path.removeFirst().isEmpty else { throw Problem.notFound }
        for endpoint in endpoints {
            guard let parameters = endpoint.match(path) else { continue }
            guard let handler = endpoint.handlers.first(where: { $0.method == request.method })?.handler else {
                throw Problem.methodNotAllowed(endpoint.handlers.map(\.method))
            }
            var request = request
            request.parameters = parameters
            return try await handler(request)
        }
        throw Problem.notFound
    }
}
