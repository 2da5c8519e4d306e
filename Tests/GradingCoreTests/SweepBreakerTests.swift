import MetricsTestKit
import Synchronization
import TestSupport
import Testing

@testable import GradingCore

@Suite("A grading server that is left alone", .timeLimit(.minutes(1)))
struct SweepBreakerTests {
    typealias Harness = ReconcilerHarness

    static var oneByOne: SweepPolicy {
        var policy = Harness.unpaced
        policy.maxInFlight = 1
        return policy
    }

    /// Answers as it is told at the moment.
    final class Script: Sendable {
        private let failure: Mutex<GradingServerError?>

        init(_ failure: GradingServerError?) { self.failure = Mutex(failure) }

        func fail(with error: GradingServerError?) { failure.withLock { $0 = error } }

        var server: FakeGradingServer {
            FakeGradingServer { task in
                self.failure.withLock { $0 }.map { .failure($0) } ?? .success(FakeGradingServer.graded(task))
            }
        }
    }

    @Test("five failures in a row end the sweep; what was not asked is free at once")
    func opens() async throws {
        let store = FakeStore(tasks: CommitQueueTests.tasks(1...9))
        let harness = Harness(store: store, server: Script(.status(500)).server, policy: Self.oneByOne)
        let summary = try await harness.sweep()
        #expect(summary.tasksProcessed == 5)
        #expect(summary.gradingServer == .open)
        #expect(harness.server.asked.count == 5)
        store.state.withLock { state in
            #expect(state.failed.count == 5)
            #expect(state.tasks.values.allSatisfy { $0.leasedUntil <= Harness.epoch })
        }
        let health = harness.reconciler.gradingServerHealth
        #expect(health == GradingServerHealth(breaker: .open, failuresInARow: 0, nextQuestionAt: Harness.at(.seconds(30))))
        // A sweep all the same: it is not the monitor that is not ready.
        #expect(await harness.reconciler.lastSweepAt == Harness.epoch)
    }

    @Test("metrics tell of the breaker, and of the callbacks that were lost")
    func metrics() async throws {
        let metrics = TestMetrics()
        let store = FakeStore(tasks: CommitQueueTests.tasks(1...9))
        store.set { state in
            state.endings = [(ReportSource.callback, 19), (.sweep, 1)].map { source, tasks in
                EndingGroup(
                    hour: Harness.epoch.advanced(by: .seconds(-1_200)),
                    session: SessionID(stored: "june"),
                    source: source,
                    callbackFollowed: false,
                    tasks: tasks,
                    lateness: .zero,
                    worstLateness: .zero
                )
            }
        }
        let script = Script(.timeout)
        let harness = Harness(store: store, server: script.server, policy: Self.oneByOne, metrics: metrics)
        try await harness.run {
            #expect(try metrics.expectGauge("grading_server_breaker_state").lastValue == 0)
            _ = try await harness.reconciler.sweep()
            #expect(try metrics.expectGauge("grading_server_breaker_state").lastValue == 2)
            #expect(try metrics.expectGauge("grading_callback_loss_ratio").lastValue == 0.05)
            script.fail(with: nil)
            harness.clock.advance(by: .seconds(30))
            _ = try await harness.reconciler.sweep()
            #expect(try metrics.expectGauge("grading_server_breaker_state").lastValue == 0)
            #expect(try metrics.expectCounter("grading_server_breaker_opened_total").totalValue == 1)
        }
    }

    @Test("a sweep while it is left alone asks and claims nothing; then one question finds out, and the rest follows")
    func recovers() async throws {
        let script = Script(.connection("refused"))
        let store = FakeStore(tasks: CommitQueueTests.tasks(1...20))
        let harness = Harness(store: store, server: script.server, policy: Harness.unpaced)
        try await harness.run {
            _ = try await harness.reconciler.sweep()
            let (asked, claims) = (harness.server.asked.count, store.state.withLock { $0.claims.count })
            _ = try await harness.reconciler.sweep()
            #expect(harness.server.asked.count == asked)
            #expect(store.state.withLock { $0.claims.count } == claims)

            harness.clock.advance(by: .seconds(30))
            _ = try await harness.reconciler.sweep()
            #expect(harness.server.asked.count == asked + 1)
            #expect(harness.reconciler.gradingServerHealth.breaker == .open)

            script.fail(with: nil)
            harness.clock.advance(by: .seconds(30))
            let summary = try await harness.reconciler.sweep()
            #expect(summary.gradingServer == .closed)
            // All but those that failed and wait.
            #expect(summary.tasksUpdated == 20 - asked - 1)
        }
    }

    @Test(
        "tasks that fail by their own fault never stop the others",
        arguments: [GradingServerError.status(404), .tooLarge(limit: 1)]
    )
    func poison(_ error: GradingServerError) async throws {
        let harness = Harness(
            store: FakeStore(tasks: CommitQueueTests.tasks(1...9)),
            server: Script(error).server,
            policy: Self.oneByOne
        )
        #expect(try await harness.sweep().errors == 9)
        #expect(harness.reconciler.gradingServerHealth.breaker == .closed)
    }

    @Test("a callback is committed while the breaker is open")
    func callbacks() async throws {
        let store = FakeStore(tasks: CommitQueueTests.tasks(1...9))
        let harness = Harness(store: store, server: Script(.timeout).server, policy: Self.oneByOne)
        try await harness.run {
            _ = try await harness.reconciler.sweep()
            #expect(harness.reconciler.gradingServerHealth.breaker == .open)
            let outcome = try await harness.queue.submit(.fake("t9", delivery: "msg_1"))
            #expect(outcome.disposition == .applied)
        }
    }

    @Test("a moment's quiet is waited for, within the sweep")
    func shortQuiet() async throws {
        let script = Script(.busy(status: 429, quiet: .seconds(5)))
        let harness = Harness(
            store: FakeStore(tasks: CommitQueueTests.tasks(1...3)),
            server: script.server,
            policy: Self.oneByOne
        )
        try await harness.run {
            async let summary = harness.reconciler.sweep()
            await harness.clock.sleepers(1)
            #expect(harness.clock.deadlines == [.seconds(5)])
            #expect(harness.server.asked.count == 1)
            script.fail(with: nil)
            harness.clock.advance(by: .seconds(5))
            let (updated, errors) = try await (summary.tasksUpdated, summary.errors)
            #expect(updated == 2)
            #expect(errors == 1)
        }
    }

    @Test("a longer quiet ends the sweep, and nothing is asked before it is over")
    func longQuiet() async throws {
        let script = Script(.busy(status: 503, quiet: .seconds(100)))
        let harness = Harness(
            store: FakeStore(tasks: CommitQueueTests.tasks(1...3)),
            server: script.server,
            policy: Self.oneByOne
        )
        try await harness.run {
            _ = try await harness.reconciler.sweep()
            #expect(harness.server.asked.count == 1)
            #expect(harness.reconciler.gradingServerHealth.nextQuestionAt == Harness.at(.seconds(100)))
            script.fail(with: nil)
            harness.clock.advance(by: .seconds(89))
            _ = try await harness.reconciler.sweep()
            #expect(harness.server.asked.count == 1)
            harness.clock.advance(by: .seconds(11))
            let summary = try await harness.reconciler.sweep()
            #expect(summary.tasksUpdated == 2)
        }
    }

    @Test("a manual check says so at once, holds nothing against the task and leaves it free")
    func manual() async throws {
        let store = FakeStore(tasks: CommitQueueTests.tasks(1...2))
        let script = Script(.busy(status: 503, quiet: .seconds(60)))
        let harness = Harness(store: store, server: script.server)
        try await harness.run {
            _ = try await harness.reconciler.check(TaskID("t1")!)
            let outcome = try await harness.reconciler.check(TaskID("t2")!)
            let reason = "the grading server is left alone for now; it may be asked in 60 s"
            #expect(outcome == .failed(status: .processing, reason: reason, isOutage: true))
            #expect(store.row(TaskID("t2")!)?.leasedUntil == Timestamp(milliseconds: 0))
            #expect(store.row(TaskID("t2")!)?.consecutiveErrors == 0)
        }
    }

    @Test("the scheduler sweeps again as soon as it may be asked")
    func scheduler() async throws {
        let harness = Harness(
            store: FakeStore(tasks: CommitQueueTests.tasks(1...9)),
            server: Script(.status(500)).server,
            policy: Self.oneByOne
        )
        try await SweepSchedulerTests.running(harness, SweepSchedulerTests.scheduler(harness)) {
            await harness.clock.sleepers(1)
            harness.clock.advance(by: .milliseconds(2_500))
            await harness.clock.sleepers(1)
            #expect(harness.clock.deadlines == [.milliseconds(32_500)])
        }
    }
}
