import GradingCore
import HTTPTypes

/// A limit and what it said to one request, as headers.
struct RateLimitVerdict: Sendable {
    private static let state = HTTPField.Name("RateLimit")
    private static let policy = HTTPField.Name("RateLimit-Policy")

    let limit: RateLimit
    let decision: RateLimitDecision

    /// The two structured fields of draft-ietf-httpapi-ratelimit-headers: `"manual";r=0;t=12` and `"manual";q=30;w=60`.
    var headers: HTTPFields {
        var headers = HTTPFields()
        if let name = Self.state {
            headers[name] = "\"\(limit.name)\";r=\(decision.remaining);t=\(decision.resetAfter.wholeSeconds)"
        }
        if let name = Self.policy {
            headers[name] = "\"\(limit.name)\";q=\(limit.quota);w=\(limit.window.wholeSeconds)"
        }
        return headers
    }

    /// The answer to a request over the limit.
    var problem: Problem {
        var headers = headers
        headers[.retryAfter] = String(max(1, decision.retryAfter.wholeSeconds))
        return Problem(.tooManyRequests, "Too many requests. Wait before you try again.", headers: headers)
    }
}

extension Duration {
    /// In seconds, rounded up: who waits this long has waited long enough.
    fileprivate var wholeSeconds: Int64 { (milliseconds + 999) / 1_000 }
}
