/// JSON texts, well-formed and not, by RFC 8259 and this project's own rules.
package enum JSONCorpus {
    package static let cases: [Case] = []
}
extension JSONCorpus {
    package struct Case: Sendable {}
}
