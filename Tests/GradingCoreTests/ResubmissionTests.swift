import Synchronization
import TestSupport
import Testing

@testable import GradingCore

@Suite("Failed tasks that are submitted again", .timeLimit(.minutes(1)))
struct ResubmissionTests {
    typealias Harness = ReconcilerHarness

    /// Every task has failed there; each may be submitted again when the test lets it.
    final class Server: GradingServerClient {
        let gate = Gate()
        private let counts = Mutex((inFlight: 0, most: 0))

        let takesResubmissions = true
        var mostInFlight: Int { counts.withLock { $0.most } }

        func fetchStatus(of task: TaskID) async throws(GradingServerError) -> [UInt8] {
            FakeGradingServer.saying("FAILURE", about: task)
        }

        func resubmit(_ resubmission: Resubmission) async throws(GradingServerError) -> [UInt8] {
            counts.withLock { $0 = ($0.inFlight + 1, max($0.most, $0.inFlight + 1)) }
            await gate.pass()
            counts.withLock { $0.inFlight -= 1 }
            return Array(#"{"task_id":"\#(resubmission.task)-\#(resubmission.attempt)"}"#.utf8)
        }
    }

    /// A store in which all these tasks have failed.
    static func store(_ tasks: [TaskID]) async throws -> FakeStore {
        let store = FakeStore(tasks: tasks)
        store.set { state in
            for task in tasks { state.tasks[task]?.status = .failed }
        }
        var failed: [FailedTask] = []
        for task in tasks {
            failed.append(FailedTask(try #require(try await store.task(task)), failedAt: Harness.at(.seconds(-600))))
        }
        store.set { [failed] in $0.failedTasks = failed }
        return store
    }

    @Test("go several at once when the first one was taken, and are told of in their order")
    func severalAtOnce() async throws {
        let tasks = CommitQueueTests.tasks(1...12)
        let server = Server()
        let store = try await Self.store(tasks)
        let harness = Harness(store: store, gradingServer: server)
        let retries = TaskRetries(
            store: store,
            reconciler: harness.reconciler,
            policy: AttemptPolicy(),
            wallClock: Harness.wallClock(harness.clock),
            logger: harness.lines.logger
        )
        try await harness.run {
            async let answer = retries.run(on: SessionID(stored: "session"))
            await server.gate.entered(1)
            #expect(server.mostInFlight == 1)
            server.gate.releaseOne()
            await server.gate.entered(5)
            server.gate.open()
            let retried = try #require(try await answer)
            #expect(retried.map(\.task) == tasks)
            #expect(retried.map(\.newTask) == tasks.map { TaskID("\($0)-2") })
            #expect(retried.allSatisfy { $0.outcome == .retried && $0.attempt == 2 })
        }
        #expect(server.mostInFlight == 4)
    }
}
