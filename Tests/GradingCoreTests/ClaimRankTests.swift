import Testing

@testable import GradingCore

@Suite("Who is asked about first")
struct ClaimRankTests {
    private static let rank = ClaimRank(step: .seconds(3_600))

    private struct Waiting {
        let due: Int
        let priority: Int
        var rank = ClaimRankTests.rank
        var key: Timestamp { rank.key(dueAt: Timestamp(milliseconds: Int64(due) * 1_000), priority: priority) }
    }

    @Test("of equal priority, what is most overdue")
    func overdue() {
        #expect(Waiting(due: 1, priority: 5).key < Waiting(due: 2, priority: 5).key)
    }

    @Test("of what is due at once, the highest priority")
    func priority() {
        #expect(Waiting(due: 1, priority: 9).key < Waiting(due: 1, priority: 8).key)
        #expect(Waiting(due: 1, priority: 1).key < Waiting(due: 1, priority: 0).key)
    }

    @Test("a step of priority is worth an hour of being overdue, and no more")
    func step() {
        #expect(Waiting(due: 3_599, priority: 6).key < Waiting(due: 0, priority: 5).key)
        #expect(Waiting(due: 3_600, priority: 6).key == Waiting(due: 0, priority: 5).key)
        #expect(Waiting(due: 3_601, priority: 6).key > Waiting(due: 0, priority: 5).key)
    }

    /// One question a second, and an urgent task due each second for ever: the grading server is never idle.
    @Test("an ordinary task waits no longer than the stated bound behind urgent ones that never end", arguments: [0, 5, 8])
    func bound(_ priority: Int) throws {
        let (backlog, step) = (20, 60)
        let rank = ClaimRank(step: .seconds(step))
        let bound = backlog + (9 - priority) * step
        var waiting = (0..<backlog).map { _ in Waiting(due: 0, priority: 9, rank: rank) }
        waiting.append(Waiting(due: 0, priority: priority, rank: rank))
        var asked: Int?
        for second in 1...(bound + 10) where asked == nil {
            waiting.append(Waiting(due: second, priority: 9, rank: rank))
            let first = try #require(waiting.indices.min { waiting[$0].key < waiting[$1].key })
            if waiting.remove(at: first).priority == priority { asked = second }
        }
        let wait = try #require(asked)
        #expect(wait <= bound + 1)
        // The bound is not idle either: urgent tasks do go first for that long.
        #expect(wait > (9 - priority) * step)
    }
}
