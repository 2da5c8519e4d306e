/// A JSON value to be written into an answer. Members keep the order in which they were given.
enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case integer(Int)
    /// Written as `null` when it is not finite: JSON has no word for it.
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([Member])
    /// A JSON text that was validated.
    case raw(String)

    struct Member: Sendable, Equatable {
        let name: String
        let value: JSONValue
    }

    init(_ text: String?) {
        self = text.map(JSONValue.string) ?? .null
    }

    init(_ number: Double?) {
        self = number.map(JSONValue.number) ?? .null
    }

    /// This object with one more member at its end; anything else unchanged.
    func adding(_ name: String, _ value: JSONValue) -> JSONValue {
        guard case .object(let members) = self else { return self }
        return .object(members + [Member(name: name, value: value)])
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
    init(stringLiteral value: String) { self = .string(value) }
    init(integerLiteral value: Int) { self = .integer(value) }
    init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension JSONValue: ExpressibleByDictionaryLiteral {
    init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(elements.map { Member(name: $0.0, value: $0.1) })
    }
}
