import MetricsTestKit
import Synchronization
import TestSupport
import Testing

@testable import GradingCore

@Suite("A task that the grading server has lost", .timeLimit(.minutes(1)))
struct ReconcilerLossTests {
    typealias Harness = ReconcilerHarness
    static let task = TaskID("t1")!

    /// Under way since the beginning.
    static func store() -> FakeStore {
        let store = FakeStore(tasks: [task])
        store.set { $0.tasks[task]?.trace = TaskTrace(writtenAt: Harness.epoch, firstProcessingAt: Harness.epoch) }
        return store
    }

    @Test("is marked, asked about seldom, and becomes FAILED a day later with an error that says why")
    func forgotten() async throws {
        let store = Self.store()
        let metrics = TestMetrics()
        let server = FakeGradingServer { .success(FakeGradingServer.saying("PENDING", about: $0)) }
        let harness = Harness(store: store, server: server, metrics: metrics)
        try await harness.run {
            #expect(try await harness.reconciler.sweep().tasksUpdated == 0)
            // No sign of life: nothing is submitted.
            #expect(store.batchSizes.isEmpty)
            #expect(store.row(Self.task)?.trace.loss == Loss(evidence: .pendingAfterProcessing, since: Harness.epoch))
            #expect(store.row(Self.task)?.nextCheckAt == Harness.at(.seconds(900)))
            harness.clock.advance(by: .seconds(86_399))
            _ = try await harness.reconciler.sweep()
            #expect(store.row(Self.task)?.status == .processing)
            harness.clock.advance(by: .seconds(1_000))
            #expect(try await harness.reconciler.sweep().tasksUpdated == 1)
        }
        #expect(store.row(Self.task)?.status == .failed)
        let error = store.state.withLock { $0.batches.first?.first?.error }
        #expect(error?.hasPrefix("lost since 2023-11-14T22:13:20.000Z: the grading server says PENDING of a task") == true)
        let dimensions = [("evidence", "pending_after_processing")]
        #expect(try metrics.expectCounter("grading_tasks_lost_total", dimensions).totalValue == 1)
    }

    @Test("or does not know is marked by the failed check")
    func unknown() async throws {
        let store = Self.store()
        let harness = Harness(store: store, server: FakeGradingServer { _ in .failure(.status(404)) })
        try await harness.run {
            #expect(try await harness.reconciler.sweep().errors == 1)
            #expect(store.row(Self.task)?.trace.loss?.evidence == .unknownTask)
            harness.clock.advance(by: .seconds(86_400))
            let summary = try await harness.reconciler.sweep()
            #expect(summary.errors == 0 && summary.tasksUpdated == 1)
        }
        #expect(store.row(Self.task)?.status == .failed)
    }

    @Test("and found again is marked no more")
    func found() async throws {
        let store = Self.store()
        store.set { $0.tasks[Self.task]?.trace.loss = Loss(evidence: .unknownTask, since: Harness.epoch) }
        let server = FakeGradingServer { .success(FakeGradingServer.saying("STARTED", about: $0)) }
        let harness = Harness(store: store, server: server)
        _ = try await harness.sweep()
        #expect(store.row(Self.task)?.trace.loss == nil)
        #expect(store.state.withLock { $0.answered.first?.row?.level } == .info)
    }

    @Test("is not asked about for nothing: a sweep that finds the grading server down asks no more and leaves the rest due")
    func outage() async throws {
        let store = FakeStore(tasks: CommitQueueTests.tasks(1...100))
        let metrics = TestMetrics()
        let server = FakeGradingServer { _ in .failure(.connection("refused")) }
        let harness = Harness(store: store, server: server, metrics: metrics)
        let summary = try await harness.sweep()
        #expect(summary.errors >= 5 && summary.errors <= 12)
        let due = store.state.withLock { state in state.tasks.values.filter { $0.nextCheckAt <= Harness.epoch }.count }
        #expect(due == 100 - summary.errors)
        #expect(store.state.withLock { $0.tasks.values.allSatisfy { $0.leasedUntil <= Harness.epoch } })
        #expect(try metrics.expectCounter("grading_server_down_sweeps_total").totalValue == 1)
    }

    @Test("among answers does not pass for an outage, and neither do many answers of 404")
    func noOutage() async throws {
        let mixed = FakeGradingServer { task in
            task.rawValue.hasSuffix("0") ? .success(FakeGradingServer.graded(task)) : .failure(.timeout)
        }
        var policy = Harness.unpaced
        policy.maxInFlight = 1
        policy.batchSize = 1
        let tasks = (1...20).flatMap { [TaskID("a\($0)0")!, TaskID("a\($0)1")!] }
        let harness = Harness(store: FakeStore(tasks: tasks), server: mixed, policy: policy)
        #expect(try await harness.sweep().tasksProcessed == 40)

        let unknown = Harness(
            store: FakeStore(tasks: CommitQueueTests.tasks(1...20)),
            server: FakeGradingServer { _ in .failure(.status(404)) }
        )
        #expect(try await unknown.sweep().errors == 20)
    }
}
