import Logging
import MetricsTestKit
import ServiceLifecycle
import ServiceLifecycleTestKit
import Synchronization
import TestSupport
import Testing

@testable import GradingCore

@Suite("The commit queue", .timeLimit(.minutes(1)))
struct CommitQueueTests {
    static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Runs the queue as a service does, and shuts it down gracefully after the body.
    static func running<T: Sendable>(_ queue: CommitQueue, _ body: () async throws -> T) async throws -> T {
        try await testGracefulShutdown { trigger in
            async let run: Void = queue.run()
            let value = try await body()
            trigger.triggerGracefulShutdown()
            try await run
            return value
        }
    }

    static func submitAll(_ reports: [TaskReport], to queue: CommitQueue) -> [Task<Result<ReportOutcome, CommitError>, Never>] {
        reports.map { report in
            Task {
                do throws(CommitError) { return .success(try await queue.submit(report)) } catch { return .failure(error) }
            }
        }
    }

    static func tasks(_ numbers: ClosedRange<Int>) -> [TaskID] { numbers.map { TaskID("t\($0)")! } }

    @Test("everything that arrives during a commit goes into the next one")
    func groupCommit() async throws {
        let gate = Gate()
        let store = FakeStore(tasks: Self.tasks(0...40), commitGate: gate)
        let queue = CommitQueue(store: store, clock: TestClock(), logger: Self.quiet)
        try await Self.running(queue) {
            let first = Self.submitAll([.fake("t0")], to: queue)
            await gate.entered(1)
            let others = Self.submitAll((1...40).map { .fake("t\($0)") }, to: queue)
            await until { queue.depth == 40 }
            gate.open()
            for task in first + others {
                #expect(await task.value == .success(ReportOutcome(.applied, status: .completed, changedStatus: true)))
            }
        }
        #expect(store.batchSizes == [1, 40])
    }

    @Test("each submitter gets the outcome of its own report")
    func ownOutcome() async throws {
        let store = FakeStore(tasks: Self.tasks(1...2))
        let queue = CommitQueue(store: store, clock: TestClock(), logger: Self.quiet)
        let submitted = Self.submitAll([.fake("t1", .failed), .fake("nowhere"), .fake("t2")], to: queue)
        await until { queue.depth == 3 }
        try await Self.running(queue) {
            #expect(await submitted[0].value == .success(ReportOutcome(.applied, status: .failed, changedStatus: true)))
            #expect(await submitted[1].value == .success(ReportOutcome(.parked, status: nil)))
            #expect(await submitted[2].value == .success(ReportOutcome(.applied, status: .completed, changedStatus: true)))
        }
        #expect(store.batchSizes == [3])
    }

    @Test("one bad report fails alone")
    func culprit() async throws {
        let store = FakeStore(tasks: Self.tasks(1...5))
        store.set { state in
            state.refusal = { $0.contains { $0.task.rawValue == "t3" } ? .rejected("no such column") : nil }
        }
        let queue = CommitQueue(store: store, clock: TestClock(), logger: Self.quiet)
        let submitted = Self.submitAll((1...5).map { .fake("t\($0)") }, to: queue)
        await until { queue.depth == 5 }
        try await Self.running(queue) {
            for (index, task) in submitted.enumerated() {
                let expected: Result<ReportOutcome, CommitError> =
                    index == 2
                    ? .failure(.store(.rejected("no such column")))
                    : .success(ReportOutcome(.applied, status: .completed, changedStatus: true))
                #expect(await task.value == expected)
            }
        }
        #expect(store.batchSizes == [5, 1, 1, 1, 1, 1])
    }

    @Test("reports of rows that somebody holds fail alone, and the others go on together")
    func busy() async throws {
        let store = FakeStore(tasks: Self.tasks(1...3))
        let held = try #require(TaskID("t2"))
        store.set { state in
            state.refusal = { $0.contains { $0.task == held } ? .busy([held]) : nil }
        }
        let queue = CommitQueue(store: store, clock: TestClock(), logger: Self.quiet)
        let submitted = Self.submitAll((1...3).map { .fake("t\($0)") }, to: queue)
        await until { queue.depth == 3 }
        try await Self.running(queue) {
            #expect(await submitted[0].value == .success(ReportOutcome(.applied, status: .completed, changedStatus: true)))
            #expect(await submitted[1].value == .failure(.store(.busy([held]))))
            #expect(await submitted[2].value == .success(ReportOutcome(.applied, status: .completed, changedStatus: true)))
        }
        #expect(store.batchSizes == [3, 2])
    }

    @Test(
        "a database that does not serve fails the whole batch, once",
        arguments: [StoreError.unavailable("full"), .commitUnknown("lost"), .incompatibleSchema("old")]
    )
    func outage(_ error: StoreError) async throws {
        let store = FakeStore(tasks: Self.tasks(1...3))
        store.set { $0.refusal = { _ in error } }
        let queue = CommitQueue(store: store, clock: TestClock(), logger: Self.quiet)
        let submitted = Self.submitAll((1...3).map { .fake("t\($0)") }, to: queue)
        await until { queue.depth == 3 }
        try await Self.running(queue) {
            for task in submitted { #expect(await task.value == .failure(.store(error))) }
        }
        #expect(store.batchSizes == [3])
    }

    @Test("a database that gives out while culprits are sought fails the rest at once")
    func outageAmongCulprits() async throws {
        let store = FakeStore(tasks: Self.tasks(1...3))
        store.set { state in
            state.refusal = { batch in
                if batch.count > 1 { return .rejected("bad") }
                return batch[0].task.rawValue == "t1" ? nil : .unavailable("gone")
            }
        }
        let queue = CommitQueue(store: store, clock: TestClock(), logger: Self.quiet)
        var submitted: [Task<Result<ReportOutcome, CommitError>, Never>] = []
        for number in 1...3 {
            submitted += Self.submitAll([.fake("t\(number)")], to: queue)
            await until { queue.depth == number }
        }
        try await Self.running(queue) {
            #expect(await submitted[0].value == .success(ReportOutcome(.applied, status: .completed, changedStatus: true)))
            #expect(await submitted[1].value == .failure(.store(.unavailable("gone"))))
            #expect(await submitted[2].value == .failure(.store(.unavailable("gone"))))
        }
        #expect(store.batchSizes == [3, 1, 1])
    }

    @Test("a store that returns too few outcomes acknowledges nothing")
    func missingOutcomes() async throws {
        let store = FakeStore(tasks: Self.tasks(1...2))
        store.set { $0.outcomesMissing = 1 }
        let queue = CommitQueue(store: store, clock: TestClock(), logger: Self.quiet)
        let submitted = Self.submitAll([.fake("t1"), .fake("t2")], to: queue)
        await until { queue.depth == 2 }
        try await Self.running(queue) {
            for task in submitted {
                #expect(await task.value == .failure(.store(.commitUnknown("1 outcomes for 2 reports"))))
            }
        }
    }

    @Test("a full queue refuses at once and takes in again later")
    func full() async throws {
        let gate = Gate()
        let store = FakeStore(tasks: Self.tasks(0...3), commitGate: gate)
        let bounds = CommitBounds(
            batchReports: 8,
            batchBytes: 1 << 20,
            queuedReports: 2,
            queuedBytes: 1 << 20,
            patience: .seconds(60)
        )
        let queue = CommitQueue(store: store, bounds: bounds, clock: TestClock(), logger: Self.quiet)
        try await Self.running(queue) {
            let first = Self.submitAll([.fake("t0")], to: queue)
            await gate.entered(1)
            let others = Self.submitAll([.fake("t1"), .fake("t2")], to: queue)
            await until { queue.depth == 2 }
            await #expect(throws: CommitError.full) { try await queue.submit(.fake("t3")) }
            gate.open()
            for task in first + others { _ = await task.value }
            let outcome = try await queue.submit(.fake("t3"))
            #expect(outcome.disposition == .applied)
        }
    }

    @Test("graceful shutdown commits what is in flight and what is queued, and refuses what comes after")
    func gracefulShutdown() async throws {
        let gate = Gate()
        let store = FakeStore(tasks: Self.tasks(0...9), commitGate: gate)
        let queue = CommitQueue(store: store, clock: TestClock(), logger: Self.quiet)
        try await testGracefulShutdown { trigger in
            async let run: Void = queue.run()
            let first = Self.submitAll([.fake("t0")], to: queue)
            await gate.entered(1)
            let queued = Self.submitAll((1...8).map { .fake("t\($0)") }, to: queue)
            await until { queue.depth == 8 }
            trigger.triggerGracefulShutdown()
            await #expect(throws: CommitError.draining) { try await queue.submit(.fake("t9")) }
            gate.open()
            for task in first + queued {
                let outcome = try await task.value.get()
                #expect(outcome.changedStatus)
            }
            try await run
        }
        #expect(store.batchSizes == [1, 8])
        #expect(store.row(TaskID("t9")!)?.status == .processing)
    }

    @Test("an idle queue ends on graceful shutdown and on cancellation")
    func idle() async throws {
        try await Self.running(CommitQueue(store: FakeStore(), logger: Self.quiet)) {}

        let queue = CommitQueue(store: FakeStore(), logger: Self.quiet)
        let run = Task { try await queue.run() }
        run.cancel()
        try await run.value
        await #expect(throws: CommitError.draining) { try await queue.submit(.fake("t1")) }
    }

    @Test("cancelling the queue lets the commit in flight end and fails the queued")
    func cancelled() async throws {
        let gate = Gate()
        let store = FakeStore(tasks: Self.tasks(0...2), commitGate: gate)
        let queue = CommitQueue(store: store, clock: TestClock(), logger: Self.quiet)
        let run = Task { try await queue.run() }
        let first = Self.submitAll([.fake("t0")], to: queue)
        await gate.entered(1)
        let queued = Self.submitAll([.fake("t1"), .fake("t2")], to: queue)
        await until { queue.depth == 2 }
        run.cancel()
        for task in queued { #expect(await task.value == .failure(.draining)) }
        gate.open()
        #expect(try await first[0].value.get().changedStatus)
        try await run.value
        #expect(store.batchSizes == [1])
        #expect(store.state.withLock { $0.sawCancellation } == false)
    }

    @Test("a status word that nobody knows is logged once, however often it comes")
    func unknownWords() async throws {
        let lines = LogLines()
        let queue = CommitQueue(store: FakeStore(tasks: Self.tasks(1...1)), clock: TestClock(), logger: lines.logger)
        try await Self.running(queue) {
            for word in ["DREAMING", "DREAMING", "ARCHIVED"] {
                let report = TaskReport(
                    task: TaskID("t1")!,
                    word: word,
                    meaning: .unknown,
                    provenance: Provenance(source: .sweep, observedAt: Timestamp(milliseconds: 0))
                )
                _ = try await queue.submit(report)
            }
        }
        let words = lines.all.filter { $0.level == .warning }.map { $0.metadata["word"]?.description }
        #expect(words == ["DREAMING", "ARCHIVED"])
    }

    @Test("a submitter that was cancelled has its report committed all the same")
    func cancelledSubmitter() async throws {
        let gate = Gate()
        let store = FakeStore(tasks: Self.tasks(1...1), commitGate: gate)
        let queue = CommitQueue(store: store, clock: TestClock(), logger: Self.quiet)
        try await Self.running(queue) {
            let submitted = Self.submitAll([.fake("t1")], to: queue)[0]
            await gate.entered(1)
            submitted.cancel()
            gate.open()
            let outcome = try await submitted.value.get()
            #expect(outcome.changedStatus)
        }
    }

    @Test("outcomes are counted by source and disposition, failures by reason, batches by size")
    func counted() async throws {
        let metrics = TestMetrics()
        let store = FakeStore(tasks: Self.tasks(1...2))
        let queue = CommitQueue(
            store: store,
            bounds: .standard,
            wallClock: .system,
            clock: TestClock(),
            metrics: CommitMetrics(factory: metrics),
            logger: Self.quiet
        )
        try await Self.running(queue) {
            for task in ["t1", "t2", "nowhere"] { _ = try await queue.submit(.fake(task)) }
            store.set { $0.refusal = { _ in .unavailable("full") } }
            await #expect(throws: CommitError.store(.unavailable("full"))) { try await queue.submit(.fake("t1")) }
        }
        func reports(_ disposition: String) throws -> Int64 {
            let dimensions = [("source", "callback"), ("disposition", disposition)]
            return try metrics.expectCounter("grading_reports_total", dimensions).totalValue
        }
        #expect(try reports("applied") == 2)
        #expect(try reports("parked") == 1)
        #expect(try metrics.expectCounter("grading_commit_failures_total", [("reason", "unavailable")]).totalValue == 1)
        #expect(try metrics.expectRecorder("grading_commit_batch_size").values == [1, 1, 1, 1])
        #expect(try metrics.expectTimer("grading_commit_seconds").values.count == 4)
    }

    @Test("a conflict is logged as a warning that names the task and the delivery")
    func conflict() async throws {
        let lines = LogLines()
        let store = FakeStore(tasks: Self.tasks(1...1))
        let queue = CommitQueue(store: store, clock: TestClock(), logger: lines.logger)
        try await Self.running(queue) {
            _ = try await queue.submit(.fake("t1", .completed, delivery: "msg_1"))
            #expect(try await queue.submit(.fake("t1", .failed, delivery: "msg_2")).disposition == .conflict)
        }
        #expect(lines.all.count == 1)
        #expect(lines.all.first?.level == .warning)
        #expect(lines.all.first?.metadata["task"] == "t1")
        #expect(lines.all.first?.metadata["delivery"] == "msg_2")
    }
}
