import GradingCore
import Testing

extension StoreConformance {
    static let registrationChecks = [
        ConformanceCheck("the same registration again changes nothing") { harness in
            let tasks = [TaskRegistration.sample(.t1, studentID: "2010/1"), .sample(.t2, name: "Bọ́lá Adé")]
            #expect(try await harness.store.register(tasks, at: .start) == .registered(new: 2, unchanged: 0))
            _ = try await harness.apply(.callback(.t1, .processing, id: "d1"))
            #expect(try await harness.store.register(tasks, at: .start.after(9)) == .registered(new: 0, unchanged: 2))
            #expect(try await harness.status(of: .t1) == .processing)
            #expect(try await harness.store.task(.t2)?.studentName == "Bọ́lá Adé")
            #expect(try await harness.store.sessionSummary(.s1)?.students == StudentCounts(pending: 1, processing: 1))
        },
        ConformanceCheck("a task id that another student holds is refused, and nothing is written") { harness in
            try await harness.register(.t1)
            let outcome = try await harness.store.register(
                [.sample(.t2), .sample(.t1, name: "Somebody Else", studentID: "77")],
                at: .start
            )
            #expect(outcome == .taskTaken(.t1))
            #expect(try await harness.store.task(.t2) == nil)
        },
        ConformanceCheck("a new student opens a completed session again") { harness in
            try await harness.register(.t1)
            _ = try await harness.apply(.callback(.t1, .completed, result: .graded(5), id: "d1"))
            try await harness.register(.t2)
            #expect(try await harness.session(.s1)?.status == harness.store.sessionWords.word(for: .processing))
            #expect(try await harness.session(.s1)?.completedAt == nil)
        },
        ConformanceCheck("a failed student under a new task id is a new attempt; reports of the old one are refused") { harness in
            _ = try await harness.store.register([.sample(.t1, studentID: "2010/1")], at: .start)
            _ = try await harness.apply(.callback(.t1, .failed, id: "d1"))
            let retry = try await harness.store.register([.sample(.t2, studentID: "2010/1")], at: .start.after(1))
            #expect(retry == .registered(new: 1, unchanged: 0))
            let task = try await harness.store.task(.t2)
            #expect(task?.status == .pending)
            #expect(task?.attempt == 2)
            #expect(try await harness.store.sessionSummary(.s1)?.students == StudentCounts(pending: 1))

            let late = try await harness.apply(
                .callback(.t1, .completed, result: .graded(9), id: "d2"),
                .callback(.t1, .failed, id: "d3")
            )
            #expect(late == [ReportOutcome(.stale, status: .pending), ReportOutcome(.stale, status: .pending)])
            #expect(try await harness.status(of: .t2) == .pending)
            #expect(try await harness.logs().filter { $0.level == .warning }.count == 2)

            let fresh = try await harness.apply(.callback(.t2, .completed, result: .graded(9), attempt: 1, id: "d5"))
            #expect(fresh.map(\.changedStatus) == [true])
            let again = try await harness.store.register([.sample(.t1, studentID: "2010/1")], at: .start.after(2))
            #expect(again == .registered(new: 0, unchanged: 1))
        },
        ConformanceCheck("a student that the web app wrote without a task id is given the registered one") { harness in
            try await harness.addSession(.s1, status: .pending)
            try await harness.addStudent(WebAppStudent("row-1", in: .s1, task: nil, studentID: "7"))
            let outcome = try await harness.store.register([.sample(.t1, studentID: "7")], at: .start)
            #expect(outcome == .registered(new: 1, unchanged: 0))
            #expect(try await harness.student(StudentRowID("row-1"))?.task == "task-1")
            #expect(try await harness.store.sessionSummary(.s1)?.students == StudentCounts(pending: 1))
        },
        ConformanceCheck("the same institution's number with an open task is a second paper, not a retry") { harness in
            _ = try await harness.store.register([.sample(.t1, studentID: "7"), .sample(.t2, studentID: "7")], at: .start)
            #expect(try await harness.store.sessionSummary(.s1)?.students == StudentCounts(pending: 2))
            #expect(try await harness.store.task(.t2)?.attempt == 1)
        },
    ]
}
