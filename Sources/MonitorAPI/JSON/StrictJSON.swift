import GradingCore

/// The one reading of JSON that this project allows, for bodies that no scanner of their own reads.
enum StrictJSON {
    /// Throws unless the bytes are one sound document.
    static func validate(_ bytes: [UInt8]) throws(JSONError) {
        var scanner = try JSONScanner(bytes)
        try scanner.skipValue()
        try scanner.finish()
    }

    /// The text of one member of a sound document, as it was sent; `nil` when it is not there, or null.
    static func member(_ name: String, of document: [UInt8]) throws(JSONError) -> String? {
        var scanner = try JSONScanner(document)
        var object = try scanner.beginObject()
        while let key = try scanner.nextKey(in: &object) {
            let isWanted = scanner.text(of: key) == name
            let isNull = try scanner.peek() == .null
            let value = try scanner.skipValue()
            if isWanted { return isNull ? nil : String(decoding: document[value], as: UTF8.self) }
        }
        return nil
    }
}
