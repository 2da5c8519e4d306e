import Synchronization
import TestSupport
import Testing

@testable import GradingCore

@Suite("The claims of a sweep", .timeLimit(.minutes(1)))
struct SweepClaimTests {
    typealias Harness = ReconcilerHarness

    /// A sweep of 25 tasks, ten in a claim, four in flight, whose questions and claims both wait for the test.
    struct Held {
        let questions = Gate()
        let claims = Gate()
        let store: FakeStore
        let harness: Harness

        init() {
            store = FakeStore(tasks: CommitQueueTests.tasks(1...25), claimGate: claims)
            let server = FakeGradingServer { [questions] task in
                await questions.pass()
                return .success(FakeGradingServer.graded(task))
            }
            harness = Harness(store: store, server: server)
        }

        /// Until the second claim and the first four questions are under way.
        func secondClaim() async {
            await claims.entered(1)
            claims.releaseOne()
            await questions.entered(4)
            await claims.entered(2)
        }
    }

    @Test("the next one is made while questions are in flight, and these go on meanwhile")
    func ahead() async throws {
        let held = Held()
        try await held.harness.run {
            async let summary = held.harness.reconciler.sweep()
            await held.secondClaim()
            held.questions.open()
            await until { held.store.state.withLock { $0.answered.count } == 10 }
            #expect(held.store.state.withLock { $0.claims.count } == 1)
            held.claims.open()
            let processed = try await summary.tasksProcessed
            #expect(processed == 25)
        }
    }

    @Test("one that is under way when the sweep is cancelled leaves nothing leased")
    func cancelled() async throws {
        let held = Held()
        try await held.harness.run {
            async let summary = held.harness.reconciler.sweep()
            await held.secondClaim()
            await held.harness.reconciler.cancelSweep()
            held.questions.open()
            held.claims.open()
            let processed = try await summary.tasksProcessed
            #expect(processed == 4)
        }
        #expect(held.store.state.withLock { $0.tasks.values.allSatisfy { $0.leasedUntil <= Harness.epoch } })
    }
}
