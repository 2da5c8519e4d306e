import Testing

@testable import GradingCore

@Suite("The waits between checks")
struct CheckLadderTests {
    @Test(
        "are 2, 4, 8, 15 min, then an hour for ever",
        arguments: [(-1, 2), (0, 2), (1, 4), (2, 8), (3, 15), (4, 60), (5, 60), (1_000, 60), (Int.max, 60)]
    )
    func standard(_ checks: Int, _ minutes: Int) {
        #expect(CheckLadder().wait(afterChecks: checks, random: 0.5) == .seconds(minutes * 60))
    }

    @Test("are longer or shorter by the jitter, as chance has it")
    func jitter() {
        let ladder = CheckLadder(waits: [.seconds(100)], jitter: 0.1)
        #expect(ladder.wait(afterChecks: 0, random: 0) == .seconds(90))
        #expect(ladder.wait(afterChecks: 0, random: 0.75) == .seconds(105))
        #expect(ladder.wait(afterChecks: 0, random: 0.999_999) < .seconds(110))
        #expect(CheckLadder(waits: [.seconds(100)], jitter: 0).wait(afterChecks: 7, random: 0) == .seconds(100))
    }

    @Test("are the standard ones where none are given")
    func none() {
        #expect(CheckLadder(waits: []).waits == CheckLadder.standardWaits)
    }
}
