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
            #expect(statistics.pendingTasks == 1)
            #expect(statistics.processingTasks == 0)
            #expect(statistics.sessions == 1)
            #expect(statistics.activeSessions == 1)
            #expect(statistics.studentsGraded == 2)
            #expect(statistics.averageScore == 50)
            #expect(statistics.endedBy == [.callback: 1, .sweep: 1])
            #expect(statistics.oldestPending?.task == .t3)
            #expect(statistics.oldestPending?.studentName == "Student of task-3")
            #expect(statistics.oldestPending?.createdAt == .start)
        },
        ConformanceCheck("an empty database has empty statistics") { harness in
            let statistics = try await harness.store.statistics()
            #expect(statistics == MonitorStatistics())
        },
        ConformanceCheck("old deliveries are forgotten, younger ones are not") { harness in
            try await harness.register(.t1)
            _ = try await harness.apply(.callback(.t1, .processing, id: "old"), at: .start)
            _ = try await harness.apply(.callback(.t1, .processing, id: "young"), at: .start.after(10))
            #expect(try await harness.store.pruneDeliveries(receivedBefore: .start.after(10)) == 1)
            #expect(try await harness.store.statistics().deliveries.values.reduce(0, +) == 1)
            let young = try await harness.apply(.callback(.t1, .processing, id: "young"))
            #expect(young.map(\.disposition) == [.duplicate])
        },
        ConformanceCheck("a healthy database says that it takes writes") { harness in
            try await harness.store.verifyWritable()
        },
    ]
}
