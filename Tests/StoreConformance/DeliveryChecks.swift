import GradingCore
import Testing

extension StoreConformance {
    static let deliveryChecks = [
        ConformanceCheck("the same delivery has one effect and one log row, in one batch and across batches") { harness in
            try await harness.register(.t1)
            let report = TaskReport.callback(.t1, .completed, result: .graded(15), id: "d1")
            let batch = try await harness.apply(report, report, report)
            #expect(batch.map(\.disposition) == [.applied, .duplicate, .duplicate])
            let again = try await harness.apply(report, at: .start.after(60))
            #expect(again == [ReportOutcome(.duplicate, status: .completed)])
            #expect(try await harness.logs().count == 1)
            #expect(try await harness.store.statistics().deliveries == [.applied: 1])
        },
        ConformanceCheck("a known delivery id with another body is a conflict, logged once") { harness in
            try await harness.register(.t1)
            _ = try await harness.apply(.callback(.t1, .processing, id: "d1", hash: 1))
            let other = TaskReport.callback(.t1, .completed, result: .graded(15), id: "d1", hash: 2)
            let refused = try await harness.apply(other, other, at: .start.after(1))
            #expect(refused.map(\.disposition) == [.conflict, .conflict])
            #expect(try await harness.apply(other) == [ReportOutcome(.conflict, status: .processing)])
            #expect(try await harness.logs().map(\.level) == [.warning, .info])
            #expect(try await harness.store.statistics().deliveries[.conflict] == 1)
        },
        ConformanceCheck("a known delivery that names another task is a conflict") { harness in
            try await harness.register(.t1, .t2)
            _ = try await harness.apply(.callback(.t1, .completed, result: .graded(15), id: "d1"))
            let elsewhere = try await harness.apply(.callback(.t2, .completed, result: .graded(15), id: "d1"))
            #expect(elsewhere == [ReportOutcome(.conflict, status: .pending)])
        },
        ConformanceCheck("a callback before its task is parked, and applied once when the task is there") { harness in
            let early = TaskReport.callback(.t1, .completed, result: .graded(15), id: "d1", at: .start)
            #expect(try await harness.apply(early) == [ReportOutcome(.parked, status: nil)])
            #expect(try await harness.apply(early) == [ReportOutcome(.parked, status: nil)])
            #expect(try await harness.store.parkedReports(limit: 10).isEmpty)
            try await harness.register(.t1)
            let parked = try await harness.store.parkedReports(limit: 10)
            #expect(parked == [early])
            #expect(try await harness.store.apply(parked, at: .start.after(9)).map(\.disposition) == [.applied])
            #expect(try await harness.student(of: .t1)?.totalScore == 15)
            #expect(try await harness.store.parkedReports(limit: 10).isEmpty)
            #expect(try await harness.apply(early).map(\.disposition) == [.duplicate])
            #expect(try await harness.logs().count == 1)
        },
        ConformanceCheck("parked callbacks come back oldest first, also for rows that the web app wrote") { harness in
            _ = try await harness.apply(.callback(.t2, .processing, id: "d2", at: .start), at: .start)
            _ = try await harness.apply(.callback(.t1, .processing, id: "d1", at: .start.after(1)), at: .start.after(1))
            _ = try await harness.apply(.callback(.t3, .processing, id: "d3", at: .start.after(2)), at: .start.after(2))
            try await harness.addSession(.s1, status: .pending)
            try await harness.addStudent(WebAppStudent("row-1", in: .s1, task: "task-1"))
            try await harness.addStudent(WebAppStudent("row-2", in: .s1, task: "task-2"))
            #expect(try await harness.store.parkedReports(limit: 10).map(\.task) == [.t2, .t1])
            #expect(try await harness.store.parkedReports(limit: 1).map(\.task) == [.t2])
        },
    ]
}
