import HTTPTypes

/// All endpoints, and the way from a request to the one that answers it.
struct EndpointTable: Sendable {
    private let endpoints: [Endpoint]

    init(_ endpoints: [Endpoint]) {
        self.endpoints = endpoints
    }

    /// Who answers the request, which learns its parameters; throws a 404 for an unknown path and a 405 for a method that the
    /// path does not know.
    func find(_ request: inout APIRequest) throws(Problem) -> Endpoint.Method {
        for endpoint in endpoints {
            guard let parameters = endpoint.match(request.path) else { continue }
            guard let found = endpoint.methods.first(where: { $0.name == request.method }) else {
                throw Problem.methodNotAllowed(endpoint.methods.map(\.name))
            }
            request.parameters = parameters
            return found.method
        }
        throw Problem.notFound
    }
}
