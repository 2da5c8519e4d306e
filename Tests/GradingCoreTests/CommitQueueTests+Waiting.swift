import Dispatch
import ServiceLifecycle
import ServiceLifecycleTestKit
import Synchronization
import TestSupport
import Testing

@testable import GradingCore

/// How long reports wait for others, and which do not.
extension CommitQueueTests {
    @Test("what waits behind a database that hangs is told so after the patience, and is not written")
    func patience() async throws {
        let gate = Gate()
        let clock = TestClock()
        let store = FakeStore(tasks: Self.tasks(0...2), commitGate: gate)
        let queue = CommitQueue(store: store, clock: clock, logger: Self.quiet)
        try await Self.running(queue) {
            let first = Self.submitAll([.fake("t0")], to: queue)
            await gate.entered(1)
            let late = Self.submitAll([.fake("t1")], to: queue)
            await until { queue.depth == 1 }
            clock.advance(by: .seconds(4))
            let inTime = Self.submitAll([.fake("t2")], to: queue)
            await until { queue.depth == 2 }
            clock.advance(by: .milliseconds(1))
            gate.open()
            #expect(await late[0].value == .failure(.store(.unavailable("the reports before this one took too long"))))
            for task in first + inTime {
                let outcome = try await task.value.get()
                #expect(outcome.changedStatus)
            }
        }
        #expect(store.batchSizes == [1, 1])
        #expect(store.row(TaskID("t1")!)?.status == .processing)
    }

    @Test("what was held up by another's lock beyond the patience is told so, and is not tried again")
    func patienceBehindAnotherLock() async throws {
        let clock = TestClock()
        let held = try #require(TaskID("t0"))
        let store = FakeStore(tasks: Self.tasks(0...1))
        store.set { state in
            state.refusal = { _ in
                clock.advance(by: .seconds(5))
                return .busy([held])
            }
        }
        let queue = CommitQueue(store: store, clock: clock, logger: Self.quiet)
        let submitted = Self.submitAll([.fake("t0"), .fake("t1")], to: queue)
        await until { queue.depth == 2 }
        try await Self.running(queue) {
            #expect(await submitted[0].value == .failure(.store(.busy([held]))))
            #expect(await submitted[1].value == .failure(.store(.unavailable("the reports before this one took too long"))))
        }
        #expect(store.row(TaskID("t1")!)?.status == .processing)
    }

    @Test("after a batch that was refused, a report that has waited beyond the patience is not tried by itself")
    func patienceOneByOne() async throws {
        let clock = TestClock()
        let store = FakeStore(tasks: Self.tasks(0...1))
        store.set { state in
            state.refusal = { batch in
                if batch.count > 1 { return .rejected("bad") }
                clock.advance(by: .seconds(5))
                return nil
            }
        }
        let queue = CommitQueue(store: store, clock: clock, logger: Self.quiet)
        let submitted = Self.submitAll([.fake("t0"), .fake("t1")], to: queue)
        await until { queue.depth == 2 }
        try await Self.running(queue) {
            #expect(await submitted[0].value == .success(ReportOutcome(.applied, status: .completed, changedStatus: true)))
            #expect(await submitted[1].value == .failure(.store(.unavailable("the reports before this one took too long"))))
        }
        #expect(store.batchSizes == [2, 1])
    }

    @Test("a store with two lanes commits two batches side by side, and both to the end at a shutdown")
    func twoLanes() async throws {
        let gate = Gate()
        let store = FakeStore(tasks: Self.tasks(0...1), commitGate: gate, commitLanes: 2)
        let queue = CommitQueue(store: store, clock: TestClock(), logger: Self.quiet)
        try await testGracefulShutdown { trigger in
            async let run: Void = queue.run()
            let first = Self.submitAll([.fake("t0")], to: queue)
            await gate.entered(1)
            let second = Self.submitAll([.fake("t1")], to: queue)
            await until { store.batchSizes.count == 2 }
            #expect(store.batchSizes == [1, 1])
            trigger.triggerGracefulShutdown()
            gate.open()
            for task in first + second {
                let outcome = try await task.value.get()
                #expect(outcome.changedStatus)
            }
            try await run
        }
    }

    @Test("each lane runs where the store says")
    func laneExecutors() async throws {
        let gate = Gate()
        let lanes = [QueueExecutor(), QueueExecutor()]
        let store = FakeStore(tasks: Self.tasks(0...1), commitGate: gate, commitLanes: 2, laneExecutors: lanes)
        let queue = CommitQueue(store: store, clock: TestClock(), logger: Self.quiet)
        try await Self.running(queue) {
            let first = Self.submitAll([.fake("t0")], to: queue)
            await gate.entered(1)
            let second = Self.submitAll([.fake("t1")], to: queue)
            await gate.entered(2)
            gate.open()
            for task in first + second { _ = try await task.value.get() }
        }
        let used = store.state.withLock { $0.executors }
        for lane in lanes { #expect(used.contains(lane.asUnownedTaskExecutor())) }
        #expect(used.count == 2)
    }

    @Test("a submitter that is no task is told of a refusal at once, and of everything else after the commit")
    func completion() async throws {
        var bounds = CommitBounds.patient
        bounds.queuedReports = 1
        let store = FakeStore(tasks: Self.tasks(1...1))
        let queue = CommitQueue(store: store, bounds: bounds, clock: TestClock(), logger: Self.quiet)
        let told = Told()
        queue.submit(.fake("t1"), completion: told.take)
        #expect(told.results == [])
        queue.submit(.fake("t2"), completion: told.take)
        #expect(told.results == [.failure(.full)])
        try await Self.running(queue) {}
        #expect(told.results.last == .success(ReportOutcome(.applied, status: .completed, changedStatus: true)))
        #expect(told.results.count == 2)
    }
}

private final class Told: Sendable {
    private let all = Mutex<[Result<ReportOutcome, CommitError>]>([])

    var results: [Result<ReportOutcome, CommitError>] { all.withLock { $0 } }
    var take: CommitQueue.Completion { { result in self.all.withLock { $0.append(result) } } }
}

private final class QueueExecutor: TaskExecutor {
    private let queue = DispatchQueue(label: "lane")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
