extension JSONScanner {
    /// Up to this many keys are compared one by one; beyond it a set keeps the cost linear in the document's size.
    static let fewKeys = 16

    /// Enters the object that comes next.
    package mutating func beginObject() throws(JSONError) -> JSONObjectCursor {
        try open(UInt8(ascii: "{"))
        return JSONObjectCursor(firstKey: keys.count)
    }

    /// The object's next key, its value being what is read next; `nil` when the object has ended.
    /// The caller reads or skips that value before it asks again.
    package mutating func nextKey(in object: inout JSONObjectCursor) throws(JSONError) -> JSONKey? {
        guard try advance(to: UInt8(ascii: "}"), isFirst: &object.isFirst) else {
            keys.removeLast(keys.count - object.firstKey)
            return nil
        }
        guard try current() == UInt8(ascii: "\"") else { throw JSONError(.unexpectedCharacter, at: index) }
        let start = index
        let key = makeKey(of: try readString())
        guard remember(key, in: &object) else { throw JSONError(.duplicateKey, at: start) }
        skipWhitespace()
        try expect(UInt8(ascii: ":"))
        return key
    }

    /// Enters the array that comes next.
    package mutating func beginArray() throws(JSONError) -> JSONArrayCursor {
        try open(UInt8(ascii: "["))
        return JSONArrayCursor()
    }

    /// Whether another element comes next; the caller reads or skips it before it asks again.
    package mutating func nextElement(in array: inout JSONArrayCursor) throws(JSONError) -> Bool {
        try advance(to: UInt8(ascii: "]"), isFirst: &array.isFirst)
    }

    /// Whether the key is this name. Compared where it stands, byte by byte: most keys need not become a text.
    func isKey(_ key: JSONKey, _ name: StaticString) -> Bool {
        guard key.range.count == name.utf8CodeUnitCount else { return false }
        let text = key.isUnescaped ? unescapedKeys.span : bytes.span
        for step in 0..<name.utf8CodeUnitCount where text[key.range.lowerBound + step] != name.utf8Start[step] { return false }
        return true
    }

    /// The key's text.
    package func text(of key: JSONKey) -> String {
        String(decoding: key.isUnescaped ? unescapedKeys[key.range] : bytes[key.range], as: UTF8.self)
    }

    private mutating func open(_ bracket: UInt8) throws(JSONError) {
        skipWhitespace()
        try expect(bracket)
        depth += 1
        guard depth <= Self.maximumDepth else { throw JSONError(.tooDeep, at: index - 1) }
    }

    /// Passes the comma before the next member; `false` when the closing bracket was there and is passed.
    private mutating func advance(to bracket: UInt8, isFirst: inout Bool) throws(JSONError) -> Bool {
        skipWhitespace()
        if try current() == bracket {
            index += 1
            depth -= 1
            return false
        }
        if isFirst {
            isFirst = false
        } else {
            try expect(UInt8(ascii: ","))
            skipWhitespace()
        }
        return true
    }

    // MARK: Duplicate keys

    /// `false` when the object has the key already. Compared by bytes, since Swift's strings compare by canonical
    /// equivalence and the databases do not.
    private mutating func remember(_ key: JSONKey, in object: inout JSONObjectCursor) -> Bool {
        if object.manyKeys != nil {
            return object.manyKeys?.insert(comparable(key)).inserted ?? false
        }
        for position in object.firstKey..<keys.count where areEqual(keys[position], key) { return false }
        keys.append(key)
        if keys.count - object.firstKey > Self.fewKeys {
            object.manyKeys = Set(keys[object.firstKey...].map(comparable))
        }
        return true
    }

    private mutating func makeKey(of string: JSONString) -> JSONKey {
        guard string.hasEscapes else { return JSONKey(range: string.range, isUnescaped: false) }
        let start = unescapedKeys.count
        unescapedKeys.append(contentsOf: unescapedBytes(of: string))
        return JSONKey(range: start..<unescapedKeys.count, isUnescaped: true)
    }

    private func comparable(_ key: JSONKey) -> ArraySlice<UInt8> {
        // A copy of what was unescaped: a slice that a set holds would make the next key copy them all.
        key.isUnescaped ? Array(unescapedKeys[key.range])[...] : bytes[key.range]
    }

    private func areEqual(_ lhs: JSONKey, _ rhs: JSONKey) -> Bool {
        let count = lhs.range.count
        guard count == rhs.range.count else { return false }
        let left = lhs.isUnescaped ? unescapedKeys.span : bytes.span
        let right = rhs.isUnescaped ? unescapedKeys.span : bytes.span
        for step in 0..<count where left[lhs.range.lowerBound + step] != right[rhs.range.lowerBound + step] { return false }
        return true
    }
}
