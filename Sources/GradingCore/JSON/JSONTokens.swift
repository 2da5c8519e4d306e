/// What kind of value stands at a place in a document.
package enum JSONKind: Sendable, Hashable {
    case object, array, string, number, boolean, null
}

/// A string in a document that was read: where it stands between its quotes.
package struct JSONString: Sendable, Hashable {
    /// The bytes between the quotes, escapes not resolved.
    package let range: Range<Int>
    package let hasEscapes: Bool
}

/// A number in a document that was read, within the range of a double.
package struct JSONNumber: Sendable, Hashable {
    package let range: Range<Int>
    /// Whether it is written without fraction and exponent.
    package let isInteger: Bool
}

/// A key of an object, and where the bytes stand that it is compared by. Holds no reference: keys are pushed and popped
/// for every member of a document.
package struct JSONKey: Sendable {
    let range: Range<Int>
    /// Whether the range is of the scanner's unescaped keys; else of the document.
    let isUnescaped: Bool
}

/// How far the reading of one object has come. Made by ``JSONScanner/beginObject()``.
package struct JSONObjectCursor {
    /// Where this object's keys begin in the scanner's stack of keys.
    let firstKey: Int
    /// The keys so far, once they are too many for one-by-one comparison.
    var manyKeys: Set<ArraySlice<UInt8>>?
    var isFirst = true
}

/// How far the reading of one array has come. Made by ``JSONScanner/beginArray()``.
package struct JSONArrayCursor {
    var isFirst = true
}
