import HTTPTypes
import Logging

/// Finds the endpoint of every request and turns what is thrown into a problem document.
struct APIResponder: Sendable {
    let endpoints: EndpointTable
    let logger: Logger

    /// Has the request answered: at once, later, or by whoever takes the calls.
    func respond(to request: consuming APIRequest, _ reply: Reply, calls: AsyncStream<Call>.Continuation) {
        let method: Endpoint.Method
        do throws(Problem) {
            method = try endpoints.find(&request)
        } catch {
            return reply.send { throw error }
        }
        switch method {
        case .prompt(let handler): handler(request, reply)
        case .waiting(let handler):
            // Nobody takes calls any more: the server is ending.
            if case .terminated = calls.yield(Call(request: request, handler: handler, reply: reply)) {
                reply.send { throw Problem.draining }
            }
        }
    }

    /// - Parameters:
    ///   - id: the request's.
    ///   - path: the request's.
    func response(of answer: () throws -> APIResponse, id: String, path: String) -> APIResponse {
        do {
            return try answer()
        } catch {
            let problem = Problem(error)
            if problem.status.code >= 500 {
                logger.warning(
                    "Could not answer a request.",
                    metadata: ["error": "\(error)", "status": "\(problem.status.code)", "request": "\(id)"]
                )
            }
            return problem.response(path: path)
        }
    }
}

/// A request for an endpoint that may wait.
struct Call: Sendable {
    let request: APIRequest
    let handler: Endpoint.Handler
    let reply: Reply

    func run() async {
        let result: Result<APIResponse, any Error>
        do {
            result = .success(try await handler(request))
        } catch {
            result = .failure(error)
        }
        reply.send { try result.get() }
    }
}
