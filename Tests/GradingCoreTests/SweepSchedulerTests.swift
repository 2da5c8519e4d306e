import Logging
import ServiceLifecycleTestKit
import Synchronization
import TestSupport
import Testing

@testable import GradingCore

@Suite("The sweep scheduler", .timeLimit(.minutes(1)))
struct SweepSchedulerTests {
    typealias Harness = ReconcilerHarness

    static func scheduler(
        _ harness: Harness,
        _ policy: SweepPolicy = Harness.unpaced,
        random: @escaping @Sendable () -> Double = { 0.5 },
        attempts: AttemptPolicy = AttemptPolicy()
    ) -> SweepScheduler {
        SweepScheduler(
            reconciler: harness.reconciler,
            store: harness.store,
            retries: TaskRetries(
                store: harness.store,
                reconciler: harness.reconciler,
                policy: attempts,
                wallClock: Harness.wallClock(harness.clock),
                logger: harness.lines.logger
            ),
            policy: policy,
            owner: "me",
            wallClock: Harness.wallClock(harness.clock),
            clock: harness.clock,
            random: random,
            logger: harness.lines.logger
        )
    }

    /// Runs the scheduler and the commit queue, and shuts both down after the body.
    static func running(
        _ harness: Harness,
        _ scheduler: SweepScheduler,
        _ body: () async throws -> Void
    ) async throws {
        try await harness.run {
            try await testGracefulShutdown { trigger in
                async let run: Void = scheduler.run()
                try await body()
                trigger.triggerGracefulShutdown()
                try await run
            }
        }
    }

    @Test("sweeps soon after the start, then on the interval, both with jitter")
    func intervals() async throws {
        let harness = Harness(store: FakeStore(tasks: CommitQueueTests.tasks(1...2)))
        try await Self.running(harness, Self.scheduler(harness, random: { 0.25 })) {
            await harness.clock.sleepers(1)
            #expect(harness.clock.deadlines == [.milliseconds(1_250)])
            #expect(harness.server.asked.isEmpty)

            harness.clock.advance(by: .milliseconds(1_250))
            await harness.clock.sleepers(1)
            // 180 s, less half of the 10 %.
            #expect(harness.clock.deadlines == [.milliseconds(1_250 + 171_000)])
            #expect(harness.server.asked.count == 2)
        }
    }

    @Test("sweeps again at once when its time was up before all that was due was asked about")
    func cutShort() async throws {
        let clock = TestClock()
        let server = FakeGradingServer { task in
            clock.advance(by: .seconds(20))
            return .success(FakeGradingServer.graded(task))
        }
        var policy = Harness.unpaced
        policy.maxInFlight = 1
        let store = FakeStore(tasks: CommitQueueTests.tasks(1...20))
        let harness = Harness(store: store, server: server, policy: policy, clock: clock)
        try await Self.running(harness, Self.scheduler(harness, policy)) {
            await clock.sleepers(1)
            clock.advance(by: .milliseconds(2_500))
            await clock.sleepers(1)
            #expect(server.asked.count == 20)
            #expect(clock.deadlines == [.milliseconds(2_500) + .seconds(20 * 20 + 180)])
        }
        #expect(store.state.withLock { $0.schedulings } >= 7)
    }

    @Test("says what a sweep did in one line, and is quiet when it did nothing")
    func logs() async throws {
        let harness = Harness(store: FakeStore(tasks: CommitQueueTests.tasks(1...2)))
        try await Self.running(harness, Self.scheduler(harness)) {
            for _ in 1...2 {
                await harness.clock.sleepers(1)
                harness.clock.advance(by: .seconds(180))
            }
            await harness.clock.sleepers(1)
        }
        #expect(harness.lines.all.map(\.level) == [.info, .debug])
        #expect(harness.lines.all.first?.metadata["updated"] == "2")
    }

    @Test("goes on after a sweep that failed")
    func goesOn() async throws {
        let harness = Harness(store: FakeStore(tasks: CommitQueueTests.tasks(1...2)))
        harness.store.set { $0.outage = .unavailable("down") }
        try await Self.running(harness, Self.scheduler(harness)) {
            await harness.clock.sleepers(1)
            harness.clock.advance(by: .seconds(5))
            await harness.clock.sleepers(1)
            #expect(harness.lines.all.map(\.level) == [.warning])
            #expect(harness.clock.deadlines == [.seconds(185)])
            harness.store.set { $0.outage = nil }
            harness.clock.advance(by: .seconds(180))
            await harness.clock.sleepers(1)
            #expect(harness.server.asked.count == 2)
        }
    }

    @Test("forgets deliveries older than 80 h, once an hour")
    func prunes() async throws {
        let harness = Harness(store: FakeStore())
        var policy = Harness.unpaced
        policy.interval = .seconds(1_800)
        try await Self.running(harness, Self.scheduler(harness, policy)) {
            for _ in 1...5 {
                await harness.clock.sleepers(1)
                harness.clock.advance(by: .seconds(1_800))
            }
            await harness.clock.sleepers(1)
        }
        let expected = [1_800, 5_400, 9_000].map { Harness.at(.seconds($0 - 80 * 3_600)) }
        #expect(harness.store.state.withLock { $0.pruned } == expected)
    }

    @Test("ends at once when it is shut down between sweeps")
    func idleShutdown() async throws {
        let harness = Harness(store: FakeStore(tasks: CommitQueueTests.tasks(1...1)))
        try await Self.running(harness, Self.scheduler(harness)) { await harness.clock.sleepers(1) }
        #expect(harness.server.asked.isEmpty)
    }

    @Test("lets a sweep hear what is in flight when it is shut down, and asks no more")
    func shutdownDuringSweep() async throws {
        let gate = Gate()
        let server = FakeGradingServer { task in
            await gate.pass()
            return .success(FakeGradingServer.graded(task))
        }
        let harness = Harness(store: FakeStore(tasks: CommitQueueTests.tasks(1...9)), server: server)
        try await harness.run {
            try await testGracefulShutdown { trigger in
                async let run: Void = Self.scheduler(harness).run()
                await harness.clock.sleepers(1)
                harness.clock.advance(by: .seconds(5))
                await gate.entered(4)
                trigger.triggerGracefulShutdown()
                gate.open()
                try await run
            }
        }
        #expect(server.asked.count == 4)
        #expect(harness.store.state.withLock { $0.answered.count } == 4)
    }

    @Test("cancels a sweep that does not end within the patience of a shutdown")
    func patience() async throws {
        let clock = TestClock()
        let server = FakeGradingServer { task in
            do { try await clock.sleep(for: .seconds(30)) } catch { return .failure(.cancelled) }
            return .success(FakeGradingServer.graded(task))
        }
        let store = FakeStore(tasks: CommitQueueTests.tasks(1...1))
        let harness = Harness(store: store, server: server, clock: clock)
        try await harness.run {
            try await testGracefulShutdown { trigger in
                async let run: Void = Self.scheduler(harness).run()
                await clock.sleepers(1)
                clock.advance(by: .seconds(5))
                await until { server.asked.count == 1 }
                trigger.triggerGracefulShutdown()
                await clock.sleepers(2)
                #expect(clock.deadlines == [.seconds(10), .seconds(35)])
                clock.advance(by: .seconds(5))
                try await run
            }
        }
        // Nothing was heard, nothing is recorded: the lease ends by itself.
        store.state.withLock { state in
            #expect(state.answered.isEmpty && state.failed.isEmpty && state.batches.isEmpty)
        }
    }

    @Test("begins failed tasks anew after a sweep, where that is switched on", arguments: [false, true])
    func retries(isAutomatic: Bool) async throws {
        let store = FakeStore(tasks: CommitQueueTests.tasks(1...1))
        let task = TaskID("t1")!
        let snapshot = try #require(try await store.task(task))
        store.set { state in
            state.tasks[task]?.status = .failed
            state.tasks[task]?.nextCheckAt = Harness.at(.seconds(86_400))
            state.failedTasks = [FailedTask(snapshot, failedAt: Harness.at(.seconds(-600)))]
        }
        let server = FakeGradingServer { .success(FakeGradingServer.saying("FAILURE", about: $0)) }
        let harness = Harness(store: store, server: server)
        var attempts = AttemptPolicy()
        attempts.isAutomatic = isAutomatic
        try await Self.running(harness, Self.scheduler(harness, attempts: attempts)) {
            await harness.clock.sleepers(1)
            harness.clock.advance(by: .seconds(5))
            await harness.clock.sleepers(1)
        }
        #expect(store.state.withLock { $0.retried } == (isAutomatic ? [task] : []))
    }
}
