import HTTPTypes

/// One path of the API and what its methods do.
struct Endpoint: Sendable {
    /// Answers a request in a task: it may wait.
    typealias Handler = @Sendable (APIRequest) async throws -> APIResponse
    /// Answers a request from the connection's event loop, which it must not hold up: now, or from anywhere later.
    typealias PromptHandler = @Sendable (APIRequest, Reply) -> Void

    enum Method: Sendable {
        case waiting(Handler)
        case prompt(PromptHandler)
    }

    /// The path, a variable segment in braces: `/api/tasks/{taskId}/check`.
    let pattern: String
    /// In the order in which `Allow` names them.
    let methods: [(name: HTTPRequest.Method, method: Method)]
    /// The pattern's segments; `nil` where any text may stand.
    private let segments: [String?]

    private init(_ pattern: String, methods: [(HTTPRequest.Method, Method)]) {
        self.pattern = pattern
        self.methods = methods.map { (name: $0.0, method: $0.1) }
        self.segments = pattern.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map { segment in
            segment.hasPrefix("{") ? nil : String(segment)
        }
    }

    init(_ pattern: String, _ handlers: [(HTTPRequest.Method, Handler)]) {
        self.init(pattern, methods: handlers.map { ($0.0, .waiting($0.1)) })
    }

    /// An endpoint whose methods all do the same.
    init(_ pattern: String, _ methods: HTTPRequest.Method..., handler: @escaping Handler) {
        self.init(pattern, methods: methods.map { ($0, .waiting(handler)) })
    }

    /// An endpoint whose methods all do the same, and promptly.
    init(_ pattern: String, _ methods: HTTPRequest.Method..., promptly handler: @escaping PromptHandler) {
        self.init(pattern, methods: methods.map { ($0, .prompt(handler)) })
    }

    /// The variable segments when the path is this endpoint's; `nil` when it is not.
    ///
    /// Literal: nothing is decoded, folded or trimmed, and a variable segment is never empty. Bytes, not characters: a slash
    /// is no part of a longer character in a target (RFC 9112, section 3.2).
    func match(_ path: String) -> [Substring]? {
        let bytes = path.utf8.span
        let slash = UInt8(ascii: "/")
        var position = 0
        var parameters: [Substring] = []
        for segment in segments {
            guard position < bytes.count, bytes[position] == slash else { return nil }
            let start = position + 1
            position = start
            while position < bytes.count, bytes[position] != slash { position += 1 }
            if let segment {
                guard isSame(bytes.extracting(start..<position), segment.utf8.span) else { return nil }
            } else {
                guard position > start else { return nil }
                parameters.append(Substring(path.utf8.dropFirst(start).prefix(position - start)))
            }
        }
        return position == bytes.count ? parameters : nil
    }

    private func isSame(_ text: Span<UInt8>, _ literal: Span<UInt8>) -> Bool {
        guard text.count == literal.count else { return false }
        for index in literal.indices where text[index] != literal[index] { return false }
        return true
    }
}
