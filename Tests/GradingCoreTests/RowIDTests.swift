import GradingCore
import Testing

@Suite("Ids of rows in the web app's tables")
struct RowIDTests {
    private let now = Timestamp(milliseconds: 1_780_000_000_000)

    @Test("An id has the form of a cuid")
    func form() throws {
        var ids = RowIDSequence(at: now)
        let id = ids.next()
        #expect(try #/c[0-9a-z]{24}/#.wholeMatch(in: id) != nil)
        #expect(id.dropFirst().prefix(8) == "mppy1i4g")
    }

    @Test("The ids of one sequence sort as they were made, and no two are alike")
    func order() {
        var ids = RowIDSequence(at: now)
        let made = (0..<2_000).map { _ in ids.next() }
        #expect(made == Set(made).sorted())
    }

    @Test("A counter that outgrows its four digits makes a longer id, not the first one again")
    func outgrown() {
        var ids = RowIDSequence(at: now)
        let first = ids.next()
        for _ in 0..<(36 * 36 * 36 * 36 - 1) { _ = ids.next() }
        let again = ids.next()
        #expect(again != first)
        #expect(again.utf8.count == 26)
    }

    @Test("Sequences of one time share no id")
    func sequences() {
        var (one, other) = (RowIDSequence(at: now), RowIDSequence(at: now))
        #expect(Set((0..<100).map { _ in one.next() }).isDisjoint(with: (0..<100).map { _ in other.next() }))
    }
}
