extension DecodingError {
    /// Where the body departs from its schema, and how; quotes nothing of it. `[3].session.id is missing`, say.
    var schemaDescription: String {
        switch self {
        case .keyNotFound(let key, let context): "\((context.codingPath + [key]).jsonPath) is missing"
        case .valueNotFound(_, let context): "\(context.codingPath.jsonPath) is null"
        case .typeMismatch(_, let context): "\(context.codingPath.jsonPath) is of the wrong type"
        case .dataCorrupted(let context) where context.underlyingError == nil:
            "\(context.codingPath.jsonPath) \(context.debugDescription)"
        case .dataCorrupted: "the body is not valid JSON"
        @unknown default: "the body does not fit"
        }
    }
}

extension [any CodingKey] {
    /// The way to a member, as one would write it in JavaScript; `the body` for its root.
    var jsonPath: String {
        let path = reduce(into: "") { path, key in
            if let index = key.intValue {
                path += "[\(index)]"
            } else {
                path += path.isEmpty ? key.stringValue : ".\(key.stringValue)"
            }
        }
        return path.isEmpty ? "the body" : path
    }
}
