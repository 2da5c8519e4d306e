import Synchronization
import TestSupport
import Testing

@testable import GradingCore

@Suite("A manual check", .timeLimit(.minutes(1)))
struct ReconcilerCheckTests {
    typealias Harness = ReconcilerHarness

    @Test("asks about a task, due or not, and commits the answer as manual")
    func checks() async throws {
        let store = FakeStore(tasks: CommitQueueTests.tasks(1...1))
        store.set { $0.tasks[TaskID("t1")!]?.nextCheckAt = Harness.at(.seconds(600)) }
        let harness = Harness(store: store)
        #expect(try await harness.check("t1") == .found(.completed, updated: true))
        store.state.withLock { state in
            #expect(state.batches.first?.first?.provenance == Provenance(source: .manual, observedAt: Harness.epoch))
            #expect(state.answered.count == 1)
            // Not the sweep's owner: the lease keeps the two apart in one process as well.
            #expect(state.claims.map(\.owner) == ["me/manual"])
        }
    }

    @Test("says when nothing has changed")
    func unchanged() async throws {
        let server = FakeGradingServer { .success(FakeGradingServer.saying("STARTED", about: $0)) }
        let harness = Harness(store: FakeStore(tasks: CommitQueueTests.tasks(1...1)), server: server)
        #expect(try await harness.check("t1") == .found(.processing, updated: false, learnedVia: .callback))
    }

    @Test("takes no step towards longer waits, however often a person asks")
    func noStep() async throws {
        let server = FakeGradingServer { .success(FakeGradingServer.saying("STARTED", about: $0)) }
        let store = FakeStore(tasks: CommitQueueTests.tasks(1...1))
        let harness = Harness(store: store, server: server)
        try await harness.run {
            for _ in 1...5 { _ = try await harness.reconciler.check(TaskID("t1")!) }
        }
        #expect(store.row(TaskID("t1")!)?.quietChecks == 0)
        #expect(store.row(TaskID("t1")!)?.nextCheckAt == Harness.at(.seconds(120)))
    }

    @Test("asks nothing about a task that is settled, unknown or leased")
    func nothingToAsk() async throws {
        let store = FakeStore(tasks: CommitQueueTests.tasks(1...2))
        store.set { state in
            state.tasks[TaskID("t1")!]?.status = .completed
            state.tasks[TaskID("t2")!]?.leasedUntil = Harness.at(.seconds(1))
        }
        let harness = Harness(store: store)
        #expect(try await harness.check("t1") == .settled(.completed, Learned(via: .callback)))
        #expect(harness.server.asked.isEmpty)

        let other = Harness(store: store)
        #expect(try await other.check("t2") == .leasedElsewhere(.processing))
        let third = Harness(store: store)
        #expect(try await third.check("nowhere") == .noSuchTask)
        #expect(other.server.asked.isEmpty && third.server.asked.isEmpty)
    }

    @Test("that fails says why, leaves the status and puts the next question off")
    func fails() async throws {
        let store = FakeStore(tasks: CommitQueueTests.tasks(1...1))
        let harness = Harness(store: store, server: FakeGradingServer { _ in .failure(.status(400)) })
        #expect(try await harness.check("t1") == .failed(status: .processing, reason: "the grading server answered 400"))
        store.state.withLock { state in
            #expect(state.failed.first?.source == .manual)
            #expect(state.failed.first?.nextCheckAt == Harness.at(.seconds(120)))
            #expect(state.tasks[TaskID("t1")!]?.status == .processing)
        }
    }

    @Test("throws when the database does not serve")
    func outage() async throws {
        let store = FakeStore(tasks: CommitQueueTests.tasks(1...1))
        store.set { $0.outage = .unavailable("down") }
        let harness = Harness(store: store)
        await #expect(throws: StoreError.unavailable("down")) { try await harness.check("t1") }
    }

    @Test("of a task that is being checked joins that check")
    func join() async throws {
        let gate = Gate()
        let server = FakeGradingServer { task in
            await gate.pass()
            return .success(FakeGradingServer.graded(task))
        }
        let harness = Harness(store: FakeStore(tasks: CommitQueueTests.tasks(1...1)), server: server)
        let task = TaskID("t1")!
        try await harness.run {
            async let first = harness.reconciler.check(task)
            await gate.entered(1)
            let second = try await harness.reconciler.joinCheck(task) { gate.open() }
            #expect(second == .found(.completed, updated: true))
            let outcome = try await first
            #expect(outcome == second)
        }
        #expect(server.asked == [task])
    }

    @Test("of a task that a sweep is asking about joins the sweep's question")
    func joinSweep() async throws {
        let gate = Gate()
        let server = FakeGradingServer { task in
            await gate.pass()
            return .success(FakeGradingServer.graded(task))
        }
        let harness = Harness(store: FakeStore(tasks: CommitQueueTests.tasks(1...1)), server: server)
        try await harness.run {
            async let sweep = harness.reconciler.sweep()
            await gate.entered(1)
            let outcome = try await harness.reconciler.joinCheck(TaskID("t1")!) { gate.open() }
            #expect(outcome == .found(.completed, updated: true, askedBy: .sweep))
            let processed = try await sweep.tasksProcessed
            #expect(processed == 1)
        }
        #expect(server.asked.count == 1)
    }

    @Test("of a task that a sweep has claimed and does not ask about after all asks itself")
    func joinUnasked() async throws {
        let gate = Gate()
        let server = FakeGradingServer { task in
            if task.rawValue == "t1" { await gate.pass() }
            return .success(FakeGradingServer.graded(task))
        }
        var policy = Harness.unpaced
        policy.maxInFlight = 1
        let harness = Harness(store: FakeStore(tasks: CommitQueueTests.tasks(1...2)), server: server, policy: policy)
        try await harness.run {
            async let sweep = harness.reconciler.sweep()
            await gate.entered(1)
            await harness.reconciler.cancelSweep()
            let outcome = try await harness.reconciler.joinCheck(TaskID("t2")!) { gate.open() }
            #expect(outcome == .found(.completed, updated: true))
            _ = try await sweep
        }
        #expect(Set(server.asked) == Set(CommitQueueTests.tasks(1...2)))
    }

    @Test("waits for its turn among the questions of a sweep")
    func paced() async throws {
        var policy = SweepPolicy()
        policy.requestsPerSecond = 10
        let harness = Harness(store: FakeStore(tasks: CommitQueueTests.tasks(1...2)), policy: policy)
        try await harness.run {
            _ = try await harness.reconciler.check(TaskID("t1")!)
            async let second = harness.reconciler.check(TaskID("t2")!)
            await harness.clock.sleepers(1)
            #expect(harness.server.asked.count == 1)
            harness.clock.advance(by: .milliseconds(100))
            let outcome = try await second
            #expect(outcome == .found(.completed, updated: true))
        }
    }
}
