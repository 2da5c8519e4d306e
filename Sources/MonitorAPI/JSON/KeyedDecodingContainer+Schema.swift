/// Reads members by rule. What breaks one is a `DecodingError` that says where and why and quotes nothing.
extension KeyedDecodingContainer {
    func identifier<ID>(_ key: Key, _ make: (String) -> ID?) throws -> ID {
        guard let id = make(try decode(String.self, forKey: key)) else {
            throw broken(key, "is not 1 to 128 of A-Z a-z 0-9 . _ -")
        }
        return id
    }

    func text(_ key: Key, characters: ClosedRange<Int>) throws -> String {
        try checked(try decode(String.self, forKey: key), key, characters)
    }

    /// `nil` when the member is not there, or null.
    func optionalText(_ key: Key, characters: ClosedRange<Int>) throws -> String? {
        try decodeIfPresent(String.self, forKey: key).map { try checked($0, key, characters) }
    }

    /// `nil` when the member is not there, or null.
    func optionalInteger(_ key: Key, in range: ClosedRange<Int>) throws -> Int? {
        try decodeIfPresent(Int.self, forKey: key).map { try checked($0, key, range) }
    }

    func integer(_ key: Key, in range: ClosedRange<Int>) throws -> Int {
        try checked(try decode(Int.self, forKey: key), key, range)
    }

    private func checked(_ number: Int, _ key: Key, _ range: ClosedRange<Int>) throws -> Int {
        guard range.contains(number) else {
            throw broken(key, "is not \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    private func checked(_ text: String, _ key: Key, _ characters: ClosedRange<Int>) throws -> String {
        // Scalars, as databases count. U+0000 is the one that PostgreSQL cannot store.
        guard characters.contains(text.unicodeScalars.count), !text.utf8.contains(0) else {
            throw broken(key, "is not \(characters.lowerBound) to \(characters.upperBound) characters (none of them U+0000)")
        }
        return text
    }

    func broken(_ key: Key, _ rule: String) -> DecodingError {
        .dataCorruptedError(forKey: key, in: self, debugDescription: rule)
    }
}
