import Testing

@testable import GradingCore

@Suite("The sample of refusals")
struct RefusalSampleTests {
    @Test("keeps five of a reason from a sender in a minute, and counts the rest with the last of them")
    func perSender() {
        var sample = RefusalSample()
        for _ in 0..<5_000 { _ = sample.note(.fake()) }
        let taken = sample.take()
        #expect(taken.kept.count == 5)
        #expect(taken.more == [taken.kept[4].id: 4_995])
    }

    @Test("keeps twenty of a reason in a minute, whoever sends them, and counts the rest with the last of all")
    func perReason() {
        var sample = RefusalSample()
        for number in 0..<1_000 { _ = sample.note(.fake(from: "192.0.2.\(number)")) }
        let taken = sample.take()
        #expect(taken.kept.count == 20)
        #expect(taken.more == [taken.kept[19].id: 980])
    }

    @Test("has room for another reason in the middle of a flood, and for another sender")
    func others() {
        var sample = RefusalSample()
        for _ in 0..<1_000 { _ = sample.note(.fake()) }
        _ = sample.note(.fake(.clockSkew))
        _ = sample.note(.fake(from: "192.0.2.9"))
        #expect(sample.take().kept.map(\.refused.reason) == Array(repeating: .wrongKey, count: 5) + [.clockSkew, .wrongKey])
    }

    @Test("begins anew with the next minute, and with a clock that was set back")
    func minutes() {
        var sample = RefusalSample()
        for second: Int64 in [7_259, 7_260, 60] {
            for _ in 0..<10 { _ = sample.note(.fake(at: second)) }
        }
        #expect(sample.take().kept.count == 15)
    }

    @Test("opens no minute again for refusals that come in disorder when it ends")
    func disorder() {
        var sample = RefusalSample()
        for _ in 0..<100 {
            _ = sample.note(.fake(at: 59))
            _ = sample.note(.fake(at: 60))
        }
        #expect(sample.take().kept.count == 6, "the first, and five of the new minute")
    }

    @Test("counts with those that were taken before, too")
    func afterTaking() {
        var sample = RefusalSample()
        for _ in 0..<5 { _ = sample.note(.fake()) }
        let last = sample.take().kept.last?.id ?? ""
        _ = sample.note(.fake())
        let taken = sample.take()
        #expect(taken.kept.isEmpty && taken.more == [last: 1])
    }

    @Test("holds no more bodies than it may, and forgets none of those that it had no room for")
    func waiting() {
        var bounds = RefusalSample.Bounds()
        (bounds.waiting, bounds.waitingBytes) = (3, 100)
        var sample = RefusalSample(bounds: bounds)
        for bytes in [101, 60, 60] { _ = sample.note(.fake(bytes: bytes)) }
        // The first was carried to the second; the third is counted with it.
        let taken = sample.take()
        #expect(taken.kept.map(\.count) == [2])
        #expect(taken.more.values.map(\.self) == [1])
        for number in 0..<5 { _ = sample.note(.fake(from: "192.0.2.\(number)")) }
        #expect(sample.take().kept.count == 3)
    }

    @Test("says once that there is something to take")
    func wakes() {
        var sample = RefusalSample()
        let first = [sample.note(.fake()), sample.note(.fake())]
        _ = sample.take()
        #expect(first + [sample.note(.fake())] == [true, false, true])
    }
}
