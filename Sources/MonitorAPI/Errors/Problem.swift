import HTTPTypes

/// An answer that says what went wrong, as RFC 9457 has it. `detail` is for the caller: no internals.
struct Problem: Error, Sendable, Equatable {
    let status: HTTPResponse.Status
    let detail: String
    var headers: HTTPFields = [:]
    /// What the `instance` member says instead of the request's path.
    var instance: String?

    init(_ status: HTTPResponse.Status, _ detail: String, headers: HTTPFields = [:], instance: String? = nil) {
        self.status = status
        self.detail = detail
        self.headers = headers
        self.instance = instance
    }

    /// Something that passes: try again after so many seconds (RFC 9110, section 10.2.3).
    static func unavailable(_ detail: String, retryAfter seconds: Int = 5) -> Problem {
        Problem(.serviceUnavailable, detail, headers: [.retryAfter: String(seconds)])
    }

    /// - Parameter path: the request's path, without its query (which is nobody's to repeat); `nil` when there was none.
    func response(path: String?) -> APIResponse {
        // RFC 9457, section 4.2.1: "about:blank" says that the problem is no more than its status; the title is its phrase.
        var document: JSONValue = [
            "type": "about:blank",
            "title": .string(status.reasonPhrase),
            "status": .integer(status.code),
            "detail": .string(detail),
        ]
        if let instance = instance ?? path { document = document.adding("instance", .string(instance)) }
        var headers = headers
        headers[.contentType] = "application/problem+json"
        return APIResponse(status: status, headers: headers, body: document.encoded())
    }
}
