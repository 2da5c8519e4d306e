import GradingCore
import Testing

@Suite("Identifiers")
struct IdentifierTests {
    static let allowed = ["a", "Z", "0", "-", "_", "...", ".a", "a.", "4b8ab882-49f1-4090-9be4-994c965316fb", "cmc0pib6i000x"]
    static let refused = [
        "", ".", "..", " ", "a b", " a", "a\n", "a/b", "../a", "a\\b", "a%2e", "a:b", "a?b", "a#b", "a@b", "a,b", "a;b", "a'b",
        "a\"b",
        "a\0", "é", "e\u{301}", "\u{212A}", "ａ", "１", "a\u{200B}", "🎓", "\u{7F}",
    ]

    @Test("an id within the grammar is taken as it is", arguments: allowed)
    func taken(text: String) {
        #expect(TaskID(text)?.rawValue == text)
        #expect(SessionID(text)?.rawValue == text)
    }

    @Test("an id outside the grammar is refused", arguments: refused)
    func rejects(text: String) {
        #expect(TaskID(text) == nil)
        #expect(SessionID(text) == nil)
    }

    @Test("every byte of ASCII is on the right side of the grammar")
    func ascii() {
        let letters = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-")
        for byte in UInt8(0)..<128 {
            let character = Character(Unicode.Scalar(byte))
            #expect((TaskID("x\(character)") != nil) == letters.contains(character), "byte \(byte)")
        }
    }

    @Test("an id has 1 to 128 characters")
    func length() {
        #expect(TaskID(String(repeating: "x", count: 128)) != nil)
        #expect(TaskID(String(repeating: "x", count: 129)) == nil)
        #expect(SessionID(String(repeating: "x", count: 128)) != nil)
        #expect(SessionID(String(repeating: "x", count: 129)) == nil)
    }

    @Test("ids that differ in case are different ids")
    func sensitivity() {
        #expect(TaskID("Task") != TaskID("task"))
        #expect(TaskID("A").flatMap { a in TaskID("B").map { a < $0 } } == true)
    }
}
