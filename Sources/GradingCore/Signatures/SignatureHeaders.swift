/// The request's headers as the verifier needs them: all values of a header, by its lower-case name.
package struct SignatureHeaders: Sendable {
    package let values: @Sendable (String) -> [String]

    package init(_ values: @escaping @Sendable (String) -> [String]) {
        self.values = values
    }

    func has(_ name: String) -> Bool { !values(name).isEmpty }

    /// The one value of a header. A second one is refused: two readers could each take another.
    func single(_ name: String) throws(SignatureRefusal) -> String {
        let found = values(name)
        guard let value = found.first else { throw .missing }
        guard found.count == 1 else { throw .doubled }
        return value
    }
}
