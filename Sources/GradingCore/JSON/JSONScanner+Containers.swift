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
            keys.removeSubrange(object.firstKey...)
            return nil
        }
        guard try current() == UInt8(ascii: "\"") else { throw JSONError(.unexpectedCharacter, at: index) }
        let start = index
        let string = try readString()
        let key = JSONKey(string: string, unescaped: string.hasEscapes ? unescapedBytes(of: string) : nil)
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

    /// The key's text.
    package func text(of key: JSONKey) -> String {
        if let unescaped = key.unescaped { return String(decoding: unescaped, as: UTF8.self) }
        return text(of: key.string)
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

    private func comparable(_ key: JSONKey) -> ArraySlice<UInt8> {
        key.unescaped.map { $0[...] } ?? bytes[key.string.range]
    }

    private func areEqual(_ lhs: JSONKey, _ rhs: JSONKey) -> Bool {
        guard lhs.unescaped == nil, rhs.unescaped == nil else { return comparable(lhs) == comparable(rhs) }
        let (left, right) = (lhs.string.range, rhs.string.range)
        guard left.count == right.count else { return false }
        for step in 0..<left.count where bytes[left.lowerBound + step] != bytes[right.lowerBound + step] { return false }
        return true
    }
}
