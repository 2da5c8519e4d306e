import GradingCore
import HTTPTypes

/// Puts a secret and, where there is one, a rate limit before an endpoint.
struct Gatekeeper: Sendable {
    let limiter: RequestLimiter
    let drain: Drain

    /// A wrong secret is 401 however often it comes: 24 characters cannot be guessed, and counting guesses would let one client
    /// spoil the answers of others behind its address.
    ///
    /// - Parameter limit: shared by all instances, for requests with a good secret; their answers bear its headers, whatever the endpoint says.
    func guarding(
        _ secrets: BearerSecrets,
        limit: RateLimit? = nil,
        _ handler: @escaping Endpoint.Handler
    ) -> Endpoint.Handler {
        { request in
            guard secrets.open(to: request.headers) else { throw Problem.badSecret }
            guard !drain.isUnderWay else { throw Problem.draining }
            guard let limit else { return try await handler(request) }
            let verdict = await limiter.takeShared(limit, request)
            guard verdict.decision.isAllowed else { throw verdict.problem }
            var response: APIResponse
            do {
                response = try await handler(request)
            } catch {
                throw Problem(error).adding(verdict.headers)
            }
            response.headers.append(contentsOf: verdict.headers)
            return response
        }
    }
}

extension Problem {
    fileprivate func adding(_ headers: HTTPFields) -> Problem {
        var problem = self
        problem.headers.append(contentsOf: headers)
        return problem
    }
}
