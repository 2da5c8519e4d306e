import GradingCore
import Testing

extension StoreConformance {
    static let studentChecks = [
        ConformanceCheck("a task's student comes with all that is stored; an unknown task has none") { harness in
            _ = try await harness.store.register([.sample(.t1, studentID: "2010/1")], at: .start)
            _ = try await harness.apply(.callback(.t1, .completed, result: .graded(5), id: "d1"), at: .start.after(9))
            let record = try #require(try await harness.store.student(of: .t1))
            #expect(record.task == (try await harness.store.task(.t1)))
            #expect(record.studentID == "2010/1")
            #expect([record.totalScore, record.maxScore, record.percentage] == [5, 20, 25])
            #expect(record.createdAt == .start)
            #expect([record.updatedAt, record.gradedAt] == [.start.after(9), .start.after(9)])
            #expect(record.rawResult.map(canonicalJSON) == canonicalJSON(GradingResult.json(5, 20)))
            #expect(record.lastError == nil && record.loss == nil)
            #expect(ResultVerification(record, decoder: ReportDecoder()).problems == [])
            #expect(try await harness.store.student(of: .t2) == nil)
        },
        ConformanceCheck("a student's rows are found under the row id and under the institution's number, newest first") {
            harness in
            _ = try await harness.store.register(
                [.sample(.t1, studentID: "2010/1"), .sample(.t2, studentID: "2010/2")],
                at: .start
            )
            _ = try await harness.apply(
                .callback(.t1, .failed, error: "no guide", id: "d1"),
                .callback(.t2, .completed, result: .graded(5), id: "d2"),
                at: .start.after(1)
            )
            let row = try #require(try await harness.store.task(.t1)?.student.rawValue)
            for (number, student) in ["2010/1", row, "somebody"].enumerated() {
                let entry = NewSessionLog(
                    session: .s1,
                    level: .info,
                    message: "n\(number)",
                    context: nil,
                    studentID: student,
                    metadata: nil
                )
                _ = try await harness.store.addLog(entry, at: .start.after(2 + number))
            }
            for name in [row, "2010/1"] {
                let logs = try await harness.store.logs(of: .s1, student: name, limit: 10, before: nil)
                #expect(logs?.map(\.message) == ["n1", "n0", "Task task-1: PENDING → FAILED: no guide"])
                let cursor = logs?.first.map { LogCursor(createdAt: $0.createdAt, id: $0.id) }
                let rest = try await harness.store.logs(of: .s1, student: name, limit: 1, before: cursor)
                #expect(rest?.map(\.message) == ["n0"])
            }
            #expect(try await harness.store.logs(of: .s1, student: "somebody", limit: 10, before: nil)?.count == 1)
            #expect(try await harness.store.logs(of: SessionID("no")!, student: row, limit: 10, before: nil) == nil)
        },
    ]
}
