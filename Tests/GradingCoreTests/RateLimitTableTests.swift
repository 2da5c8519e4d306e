import Testing

@testable import GradingCore

@Suite("The table of rate-limited clients")
struct RateLimitTableTests {
    @Test("never holds more than its capacity, and forgets the one nearest to a whole quota")
    func bounded() {
        var table = ClientTable<String>(capacity: 3)
        for (key, tat) in [("a", 50), ("b", 10), ("c", 30), ("d", 40)] { table.set(Int64(tat), of: key) }
        #expect(table.count == 3)
        #expect(table.tat(of: "b") == nil)
        #expect(table.tat(of: "a") == 50)
        table.set(60, of: "c")
        table.set(45, of: "e")
        #expect(table.tat(of: "d") == nil)
        #expect(table.tat(of: "c") == 60)
    }

    @Test("forgets those whose time is past, two at a time")
    func past() {
        var table = ClientTable<Int>(capacity: 100)
        for key in 1...5 { table.set(Int64(key), of: key) }
        table.forgetPast(now: 4)
        #expect(table.count == 3)
        table.forgetPast(now: 4)
        table.forgetPast(now: 4)
        #expect(table.count == 1)
        #expect(table.tat(of: 5) == 5)
    }

    @Test("agrees with a plain dictionary that is searched for its least", arguments: [1 as UInt64, 2, 3])
    func agreesWithModel(_ seed: UInt64) {
        var random = Numbers(state: seed)
        var table = ClientTable<Int>(capacity: 20)
        var model: [Int: Int64] = [:]
        for step in 0..<3_000 {
            let key = Int(random.next() % 60)
            // No two alike, so that the least is one.
            let tat = Int64(random.next() % 1_000) * 10_000 + Int64(step)
            if model[key] == nil, model.count == 20, let least = model.min(by: { $0.value < $1.value }) {
                model[least.key] = nil
            }
            model[key] = tat
            table.set(tat, of: key)
        }
        #expect(table.count == model.count)
        for key in 0..<60 { #expect(table.tat(of: key) == model[key]) }
    }

    /// SplitMix64: the same numbers for the same seed.
    private struct Numbers: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }
}
