import GradingCore
import Testing

/// What only some generations of the web app have.
extension StoreConformance {
    static let generationChecks = [
        ConformanceCheck(
            "the grading server's own word stands beside the status, and a retry forgets it",
            unless: { !$0.hasTaskWord }
        ) {
            harness in
            _ = try await harness.store.register([.sample(.t1, studentID: "7")], at: .start)
            let student = try #require(try await harness.store.task(.t1)).student
            #expect(try await harness.taskWord(of: student) == nil)
            let report = TaskReport(
                task: .t1,
                word: "REVOKED",
                meaning: .known(.failed),
                provenance: Provenance(source: .sweep, observedAt: .start)
            )
            _ = try await harness.apply(report)
            #expect(try await harness.taskWord(of: student) == "REVOKED")
            _ = try await harness.store.register([.sample(.t2, studentID: "7")], at: .start)
            #expect(try await harness.taskWord(of: student) == nil)
        },
        ConformanceCheck(
            "where no two students may have one number, a second paper is refused and nothing is written",
            unless: { !$0.isStudentIDUnique }
        ) { harness in
            let other = try #require(SessionID("session-2"))
            _ = try await harness.store.register([.sample(.t1, studentID: "7")], at: .start)
            let second = try await harness.store.register([.sample(.t2, studentID: "7")], at: .start)
            #expect(second == .refused(.studentIDTaken("7")))
            let elsewhere = try await harness.store.register([.sample(.t2, studentID: "7", session: other)], at: .start)
            #expect(elsewhere == .refused(.studentIDTaken("7")))
            #expect(try await harness.store.sessionSummary(other) == nil)
            let twice = [TaskRegistration.sample(.t2, studentID: "8"), .sample(.t3, studentID: "8")]
            #expect(try await harness.store.register(twice, at: .start) == .refused(.studentIDTaken("8")))
            #expect(try await harness.store.task(.t2) == nil)
        },
        ConformanceCheck("states that people set count as ended, and are never overwritten", unless: { $0.generation == .first })
        {
            harness in
            try await harness.addSession(.s1, status: .processing)
            try await harness.addStudent(WebAppStudent("row-1", in: .s1, task: "task-1", status: .approved))
            try await harness.addStudent(WebAppStudent("row-2", in: .s1, task: "task-2", status: .rejected))
            let outcomes = try await harness.apply(
                .callback(.t1, .failed, id: "d1"),
                .callback(.t2, .completed, result: .graded(20), id: "d2")
            )
            #expect(outcomes.map(\.changedStatus) == [false, false])
            #expect(try await harness.store.rollUpSessions(at: .start.after(1)) == 1)
            #expect(try await harness.session(.s1)?.status == "COMPLETED")
            #expect(try await harness.store.statistics().studentsGraded == 2)
            #expect(try await harness.student(StudentRowID("row-2"))?.status == "REJECTED")
        },
        ConformanceCheck("a session's change stands in the feed by the words of the database in use") { harness in
            try await harness.register(.t1)
            _ = try await harness.apply(.callback(.t1, .processing, id: "d1"))
            let changes = try await harness.store.changes(after: 0, limit: 10).changes.map(\.change)
            #expect(changes.contains { $0 == .session(SessionChange(session: .s1, from: .pending, to: .processing)) })
            let word = harness.store.sessionWords.word(for: .processing)
            #expect(word == (harness.layout.generation == .first ? "IN_PROGRESS" : "PROCESSING"))
            #expect(try await harness.session(.s1)?.status == word)
        },
    ]
}
