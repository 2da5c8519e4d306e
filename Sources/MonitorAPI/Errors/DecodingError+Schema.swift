extension DecodingError {
    /// Where the body departs from its schema, and how; quotes nothing of it. `[3].session.id is missing`, say.
    var schemaDescription: String {
        switch self {
        case .keyNotFound(let key, let context): "\((context.codingPath + [key]).jsonPath) is missing"
        case .valueNotFound(_, let context): "\(context.codingPath.jsonPath) is null"
        case .typeMismatch(_, let context): "\(context.codingPath.jsonPath) is of the wrong type"
        case .dataCorrupted(let context) where context.debugDescription.first?.isLowercase == true:
            // Our own schema's words; Foundation's begin with a capital and can quote the body.
            "\(context.codingPath.jsonPath) \(context.debugDescription)"
        case .dataCorrupted(let context):
            // The strict scan has let the body pass, so it is JSON: what is left is a number that is too large.
            "\(context.codingPath.jsonPath) holds a number that is out of range"
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
