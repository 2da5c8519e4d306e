import GradingCore
import Logging
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

/// Has failed at every task, and takes each again under an id of the new attempt.
private final class FailingServer: GradingServerClient {
    private let submitted = Mutex<[Resubmission]>([])

    var resubmitted: [Resubmission] { submitted.withLock { $0 } }
    var takesResubmissions: Bool { true }

    func fetchStatus(of task: TaskID) async throws(GradingServerError) -> [UInt8] {
        Array(#"{"task_id":"\#(task)","status":"FAILURE","error":"no guide"}"#.utf8)
    }

    func resubmit(_ resubmission: Resubmission) async throws(GradingServerError) -> [UInt8] {
        submitted.withLock { $0.append(resubmission) }
        return Array(#"{"task_id":"\#(resubmission.task)-\#(resubmission.attempt)"}"#.utf8)
    }
}

extension StoreConformance {
    static let automaticRetryChecks = [
        ConformanceCheck(
            "failed tasks are submitted again by themselves, later after each failure, until their attempts are used up"
        ) {
            harness in
            try await harness.register(.t1)
            _ = try await harness.apply(.callback(.t1, .failed, error: "no guide", id: "d1"), at: .start)
            let (server, clock) = (FailingServer(), TestClock())
            let wallClock = WallClock { Timestamp.start.advanced(by: clock.now.offset) }
            var logger = Logger(label: "retries")
            logger.logLevel = .critical
            let commits = CommitQueue(store: harness.store, bounds: .patient, wallClock: wallClock, logger: logger)
            let reconciler = Reconciler(
                store: harness.store,
                commits: commits,
                gradingServer: server,
                decoder: ReportDecoder(),
                policy: SweepPolicy(),
                owner: "a",
                wallClock: wallClock,
                logger: logger
            )
            var policy = AttemptPolicy()
            policy.isAutomatic = true
            let retries = TaskRetries(
                store: harness.store,
                reconciler: reconciler,
                policy: policy,
                wallClock: wallClock,
                logger: logger
            )
            let services = ServiceGroup(services: [commits], logger: logger)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await services.run() }
                #expect(try await retries.runDue().isEmpty)
                clock.advance(by: .seconds(300))
                let first = try await retries.runDue()
                #expect(first.map(\.newTask) == [TaskID("task-1-2")])
                #expect(try await harness.status(of: TaskID("task-1-2")!) == .pending)
                #expect(try await retries.runDue().isEmpty)
                // The second attempt fails as well: half an hour's wait, then the third and last.
                _ = try await harness.apply(.callback(TaskID("task-1-2")!, .failed, id: "d2"), at: wallClock.now())
                clock.advance(by: .seconds(1_799))
                #expect(try await retries.runDue().isEmpty)
                clock.advance(by: .seconds(1))
                #expect(try await retries.runDue().map(\.newTask) == [TaskID("task-1-2-3")])
                _ = try await harness.apply(.callback(TaskID("task-1-2-3")!, .failed, id: "d3"), at: wallClock.now())
                clock.advance(by: .seconds(7_200))
                #expect(try await retries.runDue().isEmpty)
                await services.triggerGracefulShutdown()
                try await group.waitForAll()
            }
            #expect(server.resubmitted.map(\.attempt) == [2, 3])
            let begun = try await harness.logs().filter { $0.message.contains("begins") }
            #expect(begun.map(\.context) == ["reconciliation", "reconciliation"])
        }
    ]
}
