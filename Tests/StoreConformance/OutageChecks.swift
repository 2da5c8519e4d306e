import GradingCore
import Logging
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

/// A grading server that is down until it is said to be up, and then has graded everything.
private final class OutageServer: GradingServerClient {
    private let isUp = Mutex(false)

    func comeBack() { isUp.withLock { $0 = true } }

    func fetchStatus(of task: TaskID) async throws(GradingServerError) -> [UInt8] {
        guard isUp.withLock({ $0 }) else { throw .connection("connection refused") }
        return Array(#"{"task_id":"\#(task)","status":"SUCCESS","result":{"results":{"1":{"score":2,"max_score":4}}}}"#.utf8)
    }
}

extension StoreConformance {
    static let outageChecks = [
        ConformanceCheck(
            "an hour's outage leaves at most two rows for each of 1,000 tasks, and one sweep after it puts all right"
        ) {
            harness in
            let tasks = (0..<1_000).map { TaskID("task-\($0)")! }
            _ = try await harness.store.register(tasks.map { .sample($0) }, at: .start)
            let (server, clock) = (OutageServer(), TestClock())
            let wallClock = WallClock { Timestamp.start.advanced(by: clock.now.offset) }
            var logger = Logger(label: "outage")
            logger.logLevel = .critical
            var policy = SweepPolicy()
            policy.requestsPerSecond = 0
            let commits = CommitQueue(store: harness.store, bounds: .patient, wallClock: wallClock, logger: logger)
            let reconciler = Reconciler(
                store: harness.store,
                commits: commits,
                gradingServer: server,
                decoder: ReportDecoder(),
                policy: policy,
                owner: "a",
                wallClock: wallClock,
                clock: clock,
                logger: logger
            )
            let services = ServiceGroup(services: [commits], logger: logger)
            let (during, after) = try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await services.run() }
                var during: [SweepSummary] = []
                for _ in 0..<20 {
                    clock.advance(by: .seconds(180))
                    during.append(try await reconciler.sweep())
                }
                server.comeBack()
                clock.advance(by: .seconds(180))
                let after = try await reconciler.sweep()
                await services.triggerGracefulShutdown()
                try await group.waitForAll()
                return (during, after)
            }
            #expect(during.allSatisfy { $0.errors > 0 && $0.errors <= 2 * (policy.maxInFlight + 5) && $0.tasksUpdated == 0 })
            #expect(after.tasksUpdated == 1_000 && after.errors == 0 && after.open == OpenWork())
            #expect(try await harness.store.sessionSummary(.s1)?.status == .completed)
            let rows = try await harness.allLogs()
            let rowsOfStudents = Dictionary(grouping: rows, by: \.studentID).mapValues(\.count)
            #expect(rowsOfStudents.count == 1_000 && rowsOfStudents.values.max() == 2)
            #expect(rows.count { $0.level == .error } == during.reduce(0) { $0 + $1.errors })
        }
    ]
}

extension StoreHarness {
    fileprivate func allLogs() async throws -> [SessionLog] {
        var rows: [SessionLog] = []
        var cursor: LogCursor?
        repeat {
            let page = try await store.logs(of: .s1, limit: 1_000, before: cursor) ?? []
            rows += page
            cursor = page.last.map { LogCursor(createdAt: $0.createdAt, id: $0.id) }
        } while cursor != nil
        return rows
    }
}
