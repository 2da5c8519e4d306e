import HTTPTypes
import HummingbirdCore

/// One path of the API and what its methods do.
struct Endpoint: Sendable {
    typealias Handler = @Sendable (APIRequest) async throws -> Response

    /// The path, a variable segment in braces: `/api/tasks/{taskId}/check`.
    let pattern: String
    /// In the order in which `Allow` names them.
    let handlers: [(method: HTTPRequest.Method, handler: Handler)]
    /// The pattern's segments; `nil` where any text may stand.
    let segments: [String?]

    init(_ pattern: String, _ handlers: [(HTTPRequest.Method, Handler)]) {
        self.pattern = pattern
        self.handlers = handlers.map { (method: $0.0, handler: $0.1) }
        self.segments = pattern.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map { segment in
            segment.hasPrefix("{") ? nil : String(segment)
        }
    }

    /// An endpoint whose methods all do the same.
    init(_ pattern: String, _ methods: HTTPRequest.Method..., handler: @escaping Handler) {
        self.init(pattern, methods.map { ($0, handler) })
    }

    /// The variable segments when the path is this endpoint's; `nil` when it is not.
    ///
    /// Literal: nothing is decoded, folded or trimmed, and a variable segment is never empty.
    func match(_ path: [Substring]) -> [Substring]? {
        guard path.count == segments.count else { return nil }
        var parameters: [Substring] = []
        for (segment, text) in zip(segments, path) {
            if let segment {
                guard segment == text else { return nil }
            } else {
                guard !text.isEmpty else { return nil }
                parameters.append(text)
            }
        }
        return parameters
    }
}
