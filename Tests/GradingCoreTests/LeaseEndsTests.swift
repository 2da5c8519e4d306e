import Synchronization
import TestSupport
import Testing

@testable import GradingCore

@Suite("The ends of leases", .timeLimit(.minutes(1)))
struct LeaseEndsTests {
    private static func answer(_ number: Int) -> CheckAnswer {
        let claim = ClaimedTask(task: TaskID("t\(number)")!, owner: "me", consecutiveErrors: 0, status: .processing)
        return CheckAnswer(claim: claim, source: .sweep, nextCheckAt: Timestamp(milliseconds: 1))
    }

    private static func ends(_ store: FakeStore) -> LeaseEnds {
        LeaseEnds(store: store, wallClock: ReconcilerHarness.wallClock(TestClock()))
    }

    @Test("that come while one is written go into the next transaction together")
    func together() async throws {
        let store = FakeStore(tasks: CommitQueueTests.tasks(1...4), recordGate: Gate())
        let gate = try #require(store.recordGate)
        let ends = Self.ends(store)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await ends.record(Self.answer(1)) }
            await gate.entered(1)
            for number in 2...4 { group.addTask { try await ends.record(Self.answer(number)) } }
            await until { ends.waiting == 3 }
            gate.open()
            try await group.waitForAll()
        }
        #expect(store.state.withLock { $0.answeredBatches } == [1, 3])
    }

    @Test("are all told when the database does not serve, and the next one tries again")
    func outage() async throws {
        let store = FakeStore(tasks: CommitQueueTests.tasks(1...2))
        let ends = Self.ends(store)
        store.set { $0.recordOutage = .unavailable("down") }
        await #expect(throws: StoreError.unavailable("down")) { try await ends.record(Self.answer(1)) }
        store.set { $0.recordOutage = nil }
        try await ends.record(Self.answer(2))
        #expect(store.state.withLock { $0.answered.count } == 1)
    }
}
