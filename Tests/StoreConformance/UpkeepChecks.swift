import GradingCore
import Testing

extension StoreConformance {
    static let upkeepChecks = [
        ConformanceCheck("statistics count tasks, sessions, grades and who told us") { harness in
            try await harness.register(.t1, .t2, .t3)
            try await harness.addStudent(WebAppStudent("row-9", in: .s1, task: nil))
            _ = try await harness.apply(
                .callback(.t1, .completed, result: .graded(15), id: "d1"),
                .answer(.t2, .completed, result: .graded(5), askedAt: .start)
            )
            let statistics = try await harness.store.statistics()
            #expect(statistics.open.pendingTasks == 1)
            #expect(statistics.open.processingTasks == 0)
            #expect(statistics.sessions == 1)
            #expect(statistics.open.activeSessions == 1)
            #expect(statistics.studentsGraded == 2)
            #expect(statistics.averageScore == 50)
            #expect(statistics.endedBy == [.callback: 1, .sweep: 1])
            #expect(statistics.oldestPending?.task == .t3)
            #expect(statistics.oldestPending?.studentName == "Student of task-3")
            #expect(statistics.oldestPending?.createdAt == .start)
        },
        ConformanceCheck("open tasks whose checks fail are listed, those first that fail the longest") { harness in
            try await harness.register(.t1, .t2, .t3)
            for (second, task) in [TaskID.t1, .t2, .t2, .t3].enumerated() {
                guard case .claimed(let claim) = try await harness.store.claimTask(task, .at(.start.after(second))) else {
                    return
                }
                let failure = CheckFailure(
                    claim: claim,
                    reason: "failure \(second)",
                    source: .manual,
                    nextCheckAt: .start.after(900 + second)
                )
                try await harness.store.recordFailedCheck(failure, at: .start.after(second))
            }
            _ = try await harness.apply(.callback(.t3, .completed, result: .graded(5), id: "d1"))
            let failing = try await harness.store.statistics().failing
            #expect(failing.total == 2)
            #expect(
                failing.worst == [
                    FailingTask(task: .t2, consecutiveErrors: 2, lastError: "failure 2", nextCheckAt: .start.after(902)),
                    FailingTask(task: .t1, consecutiveErrors: 1, lastError: "failure 0", nextCheckAt: .start.after(900)),
                ]
            )
        },
        ConformanceCheck("an empty database has empty statistics") { harness in
            let statistics = try await harness.store.statistics()
            #expect(statistics == MonitorStatistics())
        },
        ConformanceCheck("old deliveries are forgotten; younger ones are not, and parked ones much later") { harness in
            try await harness.register(.t1)
            let old = (0..<700).map { TaskReport.callback(.t1, .processing, id: "old-\($0)") }
            _ = try await harness.store.apply(Array(old.prefix(256)), at: .start)
            _ = try await harness.store.apply(Array(old[256..<512]), at: .start)
            _ = try await harness.store.apply(Array(old[512...]), at: .start)
            _ = try await harness.apply(.callback(.t3, .processing, id: "parked"), at: .start)
            _ = try await harness.apply(.callback(.t1, .processing, id: "young"), at: .start.after(10))
            let afterEightyHours = PruneLimits(at: .start.after(80 * 3_600 + 10))
            #expect(try await harness.store.prune(afterEightyHours) == 700)
            #expect(try await harness.store.statistics().deliveries == [.applied: 1, .parked: 1])
            let young = try await harness.apply(.callback(.t1, .processing, id: "young"))
            #expect(young.map(\.disposition) == [.duplicate])
            // 30 days: the parked one, the young one, and the change from PENDING to PROCESSING with its session's.
            #expect(try await harness.store.prune(PruneLimits(at: .start.after(31 * 86_400))) == 4)
        },
        ConformanceCheck("a healthy database says that it takes writes") { harness in
            try await harness.store.verifyWritable()
        },
    ]
}
