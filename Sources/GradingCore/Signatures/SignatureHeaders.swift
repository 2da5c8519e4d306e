/// The request's headers as the verifier needs them.
package struct SignatureHeaders: Sendable {
    private let fields: [(name: String, value: String)]

    /// - Parameter fields: all of them or those of the signature, names in any case.
    package init(_ fields: [(name: String, value: String)]) {
        self.fields = fields
    }

    /// - Parameter name: in lower case, as everywhere here.
    func has(_ name: String) -> Bool {
        fields.contains { Self.isSame($0.name, name) }
    }

    /// The one value of a header. A second one is refused: two readers could each take another.
    func single(_ name: String) throws(SignatureRefusal) -> String {
        var found: String?
        for field in fields where Self.isSame(field.name, name) {
            guard found == nil else { throw .doubled }
            found = field.value
        }
        guard let found else { throw .missing }
        return found
    }

    /// Names are the same in any case of ASCII, the only letters that they have (RFC 9110, section 5.1).
    private static func isSame(_ name: String, _ lowercase: String) -> Bool {
        let name = name.utf8.span
        let lowercase = lowercase.utf8.span
        guard name.count == lowercase.count else { return false }
        for index in name.indices {
            let byte = name[index]
            let isUpper = byte &- UInt8(ascii: "A") < 26
            guard (isUpper ? byte | 0x20 : byte) == lowercase[index] else { return false }
        }
        return true
    }
}
