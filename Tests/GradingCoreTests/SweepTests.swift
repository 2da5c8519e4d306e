import Synchronization
import TestSupport
import Testing

@testable import GradingCore

@Suite("A sweep", .timeLimit(.minutes(1)))
struct SweepTests {
    typealias Harness = ReconcilerHarness

    @Test("asks about everything that is due, claim after claim, and commits what it hears")
    func sweeps() async throws {
        let store = FakeStore(tasks: CommitQueueTests.tasks(1...25))
        store.set {
            $0.sessionsBehind = 2
            $0.statistics.open.processingTasks = 7
        }
        let harness = Harness(store: store)
        var expected = SweepSummary()
        expected.tasksProcessed = 25
        expected.tasksUpdated = 25
        expected.sessionsUpdated = 2
        expected.open.processingTasks = 7
        #expect(try await harness.sweep() == expected)
        #expect(await harness.reconciler.lastSweepAt == Harness.epoch)

        store.state.withLock { state in
            #expect(state.tasks.values.allSatisfy { $0.status == .completed })
            #expect(state.claims.map(\.limit) == [10, 10, 10, 10])
            #expect(state.claims.allSatisfy { $0.owner == "me" })
            #expect(state.claims.allSatisfy { $0.leaseExpiresAt == Harness.at(.seconds(90)) })
            #expect(state.schedulings == 1)
            #expect(state.answered.count == 25)
            #expect(state.answered.allSatisfy { $0.nextCheckAt == Harness.at(.seconds(120)) && $0.quietChecks == 0 })
        }
    }

    @Test("has four questions in flight at most")
    func inFlight() async throws {
        let gate = Gate()
        let server = FakeGradingServer { task in
            await gate.pass()
            return .success(FakeGradingServer.graded(task))
        }
        let harness = Harness(store: FakeStore(tasks: CommitQueueTests.tasks(1...20)), server: server)
        try await harness.run {
            async let summary = harness.reconciler.sweep()
            for number in 4...19 {
                await gate.entered(number)
                gate.releaseOne()
            }
            gate.open()
            let processed = try await summary.tasksProcessed
            #expect(processed == 20)
        }
        #expect(server.mostInFlight == 4)
    }

    @Test("sends no question whose turn comes when the lease could be over: the process was stopped meanwhile")
    func stoppedPastTheLease() async throws {
        var policy = SweepPolicy()
        policy.requestsPerSecond = 10
        let harness = Harness(store: FakeStore(tasks: CommitQueueTests.tasks(1...3)), policy: policy)
        try await harness.run {
            async let summary = harness.reconciler.sweep()
            await harness.clock.sleepers(2)
            harness.clock.advance(by: policy.lease / 2)
            let processed = try await summary.tasksProcessed
            #expect(processed == 1)
        }
        #expect(harness.server.asked.count == 1)
    }

    @Test("starts questions at the pace of the policy")
    func paced() async throws {
        var policy = SweepPolicy()
        policy.requestsPerSecond = 10
        let harness = Harness(store: FakeStore(tasks: CommitQueueTests.tasks(1...3)), policy: policy)
        try await harness.run {
            async let summary = harness.reconciler.sweep()
            await harness.clock.sleepers(2)
            #expect(harness.clock.deadlines == [.milliseconds(100), .milliseconds(200)])
            harness.clock.advance(by: .milliseconds(200))
            let processed = try await summary.tasksProcessed
            #expect(processed == 3)
        }
    }

    @Test("stops asking when its budget is spent")
    func budget() async throws {
        let clock = TestClock()
        let server = FakeGradingServer { task in
            clock.advance(by: .seconds(20))
            return .success(FakeGradingServer.graded(task))
        }
        var policy = Harness.unpaced
        policy.maxInFlight = 1
        let harness = Harness(
            store: FakeStore(tasks: CommitQueueTests.tasks(1...9)),
            server: server,
            policy: policy,
            clock: clock
        )
        #expect(try await harness.sweep().tasksProcessed == 3)
        #expect(server.asked.count == 3)
        #expect(await harness.reconciler.lastSweepAt == Harness.at(.seconds(60)))
    }

    @Test("dates an answer by when the question was sent, so that a callback during the request is newer")
    func observedAt() async throws {
        let clock = TestClock()
        clock.advance(by: .seconds(5))
        let server = FakeGradingServer { task in
            clock.advance(by: .seconds(7))
            return .success(FakeGradingServer.graded(task))
        }
        let harness = Harness(store: FakeStore(tasks: CommitQueueTests.tasks(1...1)), server: server, clock: clock)
        _ = try await harness.sweep()
        let provenance = harness.store.state.withLock { $0.batches.first?.first?.provenance }
        #expect(provenance == Provenance(source: .sweep, observedAt: Harness.at(.seconds(5))))
    }

    static let failures: [Result<[UInt8], GradingServerError>] = [
        .failure(.timeout), .failure(.status(500)), .failure(.connection("refused")), .failure(.tooLarge(limit: 4 << 20)),
        .success(Array(#"{"status":"SUCCESS","status":"FAILURE"}"#.utf8)), .success([]),
        .success(FakeGradingServer.graded(TaskID("another")!)),
    ]

    @Test("a failed check changes no status, is counted, logged and put off", arguments: SweepTests.failures)
    func failedCheck(_ failure: Result<[UInt8], GradingServerError>) async throws {
        let store = FakeStore(tasks: CommitQueueTests.tasks(1...2))
        let server = FakeGradingServer { $0.rawValue == "t1" ? failure : .success(FakeGradingServer.graded($0)) }
        let summary = try await Harness(store: store, server: server).sweep()
        #expect(summary.tasksProcessed == 2)
        #expect(summary.tasksUpdated == 1)
        #expect(summary.errors == 1)
        #expect(store.row(TaskID("t1")!)?.status == .processing)
        #expect(store.batchSizes == [1])
        store.state.withLock { state in
            #expect(state.failed.count == 1)
            #expect(state.failed.first?.source == .sweep)
            #expect(state.failed.first?.nextCheckAt == Harness.at(.seconds(120)))
            #expect(state.failed.first?.reason.isEmpty == false)
        }
    }

    @Test("each check without news, answered or not, leaves the task alone for longer")
    func ladder() async throws {
        let script = Mutex<Result<String, GradingServerError>>(.success("PROGRESS"))
        let server = FakeGradingServer { task in
            script.withLock { $0 }.map { FakeGradingServer.saying($0, about: task) }
        }
        let store = FakeStore(tasks: CommitQueueTests.tasks(1...1))
        let harness = Harness(store: store, server: server)
        try await harness.run {
            var due = Duration.zero
            for (answer, minutes) in [(true, 2), (true, 4), (false, 8), (false, 15), (true, 60), (true, 60)] {
                script.withLock { $0 = answer ? .success("PROGRESS") : .failure(.status(400)) }
                _ = try await harness.reconciler.sweep()
                due += .seconds(minutes * 60)
                #expect(store.row(TaskID("t1")!)?.nextCheckAt == Harness.at(due))
                harness.clock.advance(by: .seconds(minutes * 60))
            }
        }
    }

    @Test("news in an answer starts the waits anew, a grace after it")
    func news() async throws {
        let store = FakeStore(tasks: CommitQueueTests.tasks(1...1))
        store.set { $0.tasks[TaskID("t1")!] = FakeStore.Row(status: .pending, consecutiveErrors: 3, quietChecks: 4) }
        let server = FakeGradingServer { .success(FakeGradingServer.saying("PROGRESS", about: $0)) }
        _ = try await Harness(store: store, server: server).sweep()
        #expect(store.state.withLock { $0.answered.map(\.nextCheckAt) } == [Harness.at(.seconds(120))])
    }

    @Test("an answer that ends a task says how late we learned at most: since the last sign of life")
    func lateness() async throws {
        let store = FakeStore(tasks: CommitQueueTests.tasks(1...1))
        store.set { $0.tasks[TaskID("t1")!]?.heardAt = Harness.at(.seconds(-300)) }
        _ = try await Harness(store: store).sweep()
        #expect(store.state.withLock { $0.answered.map(\.lateness) } == [.seconds(300)])

        let open = FakeStore(tasks: CommitQueueTests.tasks(1...1))
        open.set { $0.tasks[TaskID("t1")!] = FakeStore.Row(status: .pending, heardAt: Harness.at(.seconds(-300))) }
        let server = FakeGradingServer { .success(FakeGradingServer.saying("PROGRESS", about: $0)) }
        _ = try await Harness(store: open, server: server).sweep()
        #expect(open.state.withLock { $0.answered.map(\.lateness) } == [nil])
    }

    @Test("the wait has its jitter from the randomness that was passed in")
    func jitter() async throws {
        let store = FakeStore(tasks: CommitQueueTests.tasks(1...1))
        let server = FakeGradingServer { .success(FakeGradingServer.saying("PROGRESS", about: $0)) }
        _ = try await Harness(store: store, server: server, random: { 0.25 }).sweep()
        #expect(store.state.withLock { $0.answered.map(\.nextCheckAt) } == [Harness.at(.seconds(114))])
    }

    @Test("an answer that the database refuses is a failed check and harms no other")
    func refusedAnswer() async throws {
        let store = FakeStore(tasks: CommitQueueTests.tasks(1...3))
        store.set { state in
            state.refusal = { $0.contains { $0.task.rawValue == "t2" } ? .rejected("constraint") : nil }
        }
        let summary = try await Harness(store: store).sweep()
        #expect(summary.tasksUpdated == 2)
        #expect(summary.errors == 1)
        #expect(store.state.withLock { $0.failed.map(\.claim.task.rawValue) } == ["t2"])
    }

    @Test("asks about no task twice, even when it is due again at once")
    func notTwice() async throws {
        var policy = Harness.unpaced
        policy.grace = .zero
        let server = FakeGradingServer { .success(FakeGradingServer.saying("PROGRESS", about: $0)) }
        let harness = Harness(store: FakeStore(tasks: CommitQueueTests.tasks(1...3)), server: server, policy: policy)
        #expect(try await harness.sweep().tasksProcessed == 3)
        #expect(server.asked.count == 3)
    }

    @Test("throws when the database does not serve")
    func outage() async throws {
        let store = FakeStore(tasks: CommitQueueTests.tasks(1...3))
        store.set { $0.outage = .unavailable("down") }
        let harness = Harness(store: store)
        await #expect(throws: StoreError.unavailable("down")) { try await harness.sweep() }
        #expect(harness.server.asked.isEmpty)
        #expect(await harness.reconciler.lastSweepAt == nil)
    }

    @Test("ends early with what it has when the database gives out, and does not count as a sweep")
    func outageWithin() async throws {
        let most = SweepProgress.leastSettling
        let store = FakeStore(tasks: CommitQueueTests.tasks(1...3 * most))
        store.set { $0.recordOutage = .unavailable("down") }
        var policy = Harness.unpaced
        policy.maxInFlight = 1
        let harness = Harness(store: store, policy: policy)
        let summary = try await harness.sweep()
        // Those whose answers waited, and one that was under way, when the first one's lease could not be ended.
        #expect((1...most + 1).contains(summary.tasksUpdated))
        #expect(harness.server.asked.count == summary.tasksProcessed)
        #expect(await harness.reconciler.lastSweepAt == nil)
    }

    @Test("a call during a sweep joins it")
    func join() async throws {
        let gate = Gate()
        let server = FakeGradingServer { task in
            await gate.pass()
            return .success(FakeGradingServer.graded(task))
        }
        let harness = Harness(store: FakeStore(tasks: CommitQueueTests.tasks(1...2)), server: server)
        try await harness.run {
            async let first = harness.reconciler.sweep()
            await gate.entered(2)
            let second = try await harness.reconciler.joinSweep { gate.open() }
            let summary = try await first
            #expect(second.isJoined && !summary.isJoined)
            #expect(second.tasksProcessed == 2)
            #expect(try await harness.reconciler.sweep().tasksProcessed == 0)
        }
        #expect(server.asked.count == 2)
    }

    @Test("a caller that is cancelled does not end it for the others")
    func cancelledCaller() async throws {
        let gate = Gate()
        let server = FakeGradingServer { task in
            await gate.pass()
            return .success(FakeGradingServer.graded(task))
        }
        let harness = Harness(store: FakeStore(tasks: CommitQueueTests.tasks(1...9)), server: server)
        try await harness.run {
            let caller = Task { try await harness.reconciler.sweep() }
            await gate.entered(4)
            caller.cancel()
            gate.open()
            let summary = try await caller.value
            #expect(summary.tasksProcessed == 9)
        }
    }

    @Test("cancelled, it asks no more, commits what it has heard and does not count as a sweep")
    func cancelled() async throws {
        let gate = Gate()
        let server = FakeGradingServer { task in
            await gate.pass()
            return .success(FakeGradingServer.graded(task))
        }
        let harness = Harness(store: FakeStore(tasks: CommitQueueTests.tasks(1...9)), server: server)
        try await harness.run {
            async let summary = harness.reconciler.sweep()
            await gate.entered(4)
            await harness.reconciler.cancelSweep()
            gate.open()
            let updated = try await summary.tasksUpdated
            #expect(updated == 4)
        }
        #expect(server.asked.count == 4)
        #expect(await harness.reconciler.lastSweepAt == nil)
    }

    @Test("applies parked callbacks whose task has appeared, those of one task in their order")
    func parked() async throws {
        let store = FakeStore(tasks: CommitQueueTests.tasks(1...2))
        let parked: [TaskReport] = [
            .fake("t1", .failed, delivery: "msg_1"), .fake("t1", .completed, delivery: "msg_2"),
            .fake("t2", .completed, delivery: "msg_3"), .fake("nowhere", delivery: "msg_4"),
        ]
        store.set { $0.parked = parked }
        let harness = Harness(store: store)
        let summary = try await harness.sweep()
        #expect(summary.parkedApplied == 2)
        #expect(harness.server.asked.isEmpty)
        #expect(store.row(TaskID("t1")!)?.status == .failed)
        #expect(store.row(TaskID("t2")!)?.status == .completed)
        #expect(store.state.withLock { $0.parked } == [parked[3]])
    }

    @Test("a parked callback that the database refuses stays parked and holds nothing up")
    func refusedParked() async throws {
        let store = FakeStore(tasks: CommitQueueTests.tasks(1...2))
        store.set { state in
            state.parked = [.fake("t1", delivery: "msg_1"), .fake("t2", delivery: "msg_2")]
            state.refusal = { $0.contains { $0.task.rawValue == "t1" } ? .rejected("constraint") : nil }
        }
        let harness = Harness(store: store)
        let applied = try await harness.run { try await harness.reconciler.applyParked() }
        #expect(applied == 1)
        #expect(store.state.withLock { $0.parked.count } == 1)
    }
}
