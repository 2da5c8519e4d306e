import GradingCore
import Testing

extension StoreConformance {
    static let applyChecks = [
        ConformanceCheck("a completed report is stored with its result, one log row and the session rolled up") { harness in
            try await harness.register(.t1)
            let outcome = try await harness.apply(
                .callback(.t1, .completed, result: .graded(15), id: "d1"),
                at: .start.after(5)
            )
            #expect(outcome == [ReportOutcome(.applied, status: .completed, changedStatus: true)])
            let student = try await harness.student(of: .t1)
            #expect(
                student
                    == StoredStudent(
                        status: "COMPLETED",
                        task: "task-1",
                        totalScore: 15,
                        maxScore: 20,
                        percentage: 75,
                        gradedAt: .start.after(5),
                        updatedAt: .start.after(5),
                        rawGradingOutput: GradingResult.json(15, 20)
                    )
            )
            let logs = try await harness.logs()
            #expect(logs.map(\.level) == [.success])
            #expect(logs.first?.context == "callback")
            #expect(logs.first?.message == "Task task-1: PENDING → COMPLETED")
            #expect(logs.first?.createdAt == .start.after(5))
            let snapshot = try await harness.store.task(.t1)
            #expect(logs.first?.studentID == snapshot?.student.rawValue)
            #expect(try await harness.session(.s1)?.status == "COMPLETED")
        },
        ConformanceCheck("a late PROCESSING does not undo COMPLETED") { harness in
            try await harness.register(.t1)
            _ = try await harness.apply(.callback(.t1, .completed, result: .graded(15), id: "d1"))
            let late = try await harness.apply(.callback(.t1, .processing, id: "d2", hash: 2))
            #expect(late == [ReportOutcome(.stale, status: .completed)])
            #expect(try await harness.status(of: .t1) == .completed)
            #expect(try await harness.logs().count == 1)
        },
        ConformanceCheck("a batch settles its own order: the later report meets what the earlier one left") { harness in
            try await harness.register(.t1)
            let outcomes = try await harness.apply(
                .callback(.t1, .processing, id: "d1"),
                .callback(.t1, .completed, result: .graded(15), id: "d2", hash: 2),
                .callback(.t1, .processing, id: "d3", hash: 3)
            )
            #expect(outcomes.map(\.disposition) == [.applied, .applied, .stale])
            #expect(try await harness.status(of: .t1) == .completed)
            let logs = try await harness.logs()
            #expect(logs.map(\.message) == ["Task task-1: PROCESSING → COMPLETED", "Task task-1: PENDING → PROCESSING"])
        },
        ConformanceCheck("FAILED gives way to a result, and gradedAt is set by that") { harness in
            try await harness.register(.t1)
            _ = try await harness.apply(.callback(.t1, .failed, error: "out of memory", id: "d1"), at: .start.after(1))
            #expect(try await harness.student(of: .t1)?.gradedAt == nil)
            #expect(try await harness.logs().first?.message == "Task task-1: PENDING → FAILED: out of memory")
            let better = try await harness.apply(
                .callback(.t1, .completed, result: .graded(15), id: "d2", hash: 2),
                at: .start.after(2)
            )
            #expect(better.map(\.changedStatus) == [true])
            #expect(try await harness.student(of: .t1)?.gradedAt == .start.after(2))
        },
        ConformanceCheck("gradedAt is set once") { harness in
            try await harness.addSession(.s1, status: .processing)
            try await harness.addStudent(
                WebAppStudent("row-1", in: .s1, task: "task-1", status: .failed, gradedAt: .start)
            )
            _ = try await harness.apply(.callback(.t1, .completed, result: .graded(5), id: "d1"), at: .start.after(9))
            #expect(try await harness.student(StudentRowID("row-1"))?.gradedAt == .start)
        },
        ConformanceCheck("a second, different ending is a conflict and the first one stands") { harness in
            try await harness.register(.t1)
            let outcomes = try await harness.apply(
                .callback(.t1, .completed, result: .graded(15), id: "d1"),
                .callback(.t1, .completed, result: .graded(15), id: "d2", hash: 2),
                .callback(.t1, .completed, result: .graded(3), id: "d3", hash: 3),
                .callback(.t1, .failed, id: "d4", hash: 4)
            )
            #expect(outcomes.map(\.disposition) == [.applied, .duplicate, .conflict, .conflict])
            #expect(try await harness.student(of: .t1)?.totalScore == 15)
            #expect(try await harness.logs().map(\.level) == [.warning, .warning, .success])
        },
        ConformanceCheck("completed without a grade is REQUIRES_REVIEW, and says why") { harness in
            try await harness.register(.t1, .t2)
            _ = try await harness.apply(
                .callback(.t1, .completed, result: .failureInDisguise, id: "d1"),
                .callback(.t2, .completed, id: "d2", hash: 2)
            )
            #expect(try await harness.status(of: .t1) == .requiresReview)
            #expect(try await harness.status(of: .t2) == .requiresReview)
            let logs = try await harness.logs()
            #expect(logs.map(\.level) == [.warning, .warning])
            #expect(logs.last?.message == "Task task-1: PENDING → REQUIRES_REVIEW: the result is empty")
        },
        ConformanceCheck("what a person decided is never overwritten") { harness in
            try await harness.addSession(.s1, status: .processing)
            try await harness.addStudent(WebAppStudent("row-1", in: .s1, task: "task-1", status: .requiresReview))
            let outcomes = try await harness.apply(
                .callback(.t1, .processing, id: "d1"),
                .callback(.t1, .failed, id: "d2", hash: 2),
                .callback(.t1, .completed, result: .graded(20), id: "d3", hash: 3)
            )
            #expect(outcomes.map(\.changedStatus) == [false, false, false])
            #expect(try await harness.student(StudentRowID("row-1"))?.status == "REQUIRES_REVIEW")
            #expect(try await harness.student(StudentRowID("row-1"))?.totalScore == nil)
        },
        ConformanceCheck("an unknown word changes no status and writes no log row") { harness in
            try await harness.register(.t1)
            let report = TaskReport(
                task: .t1,
                word: "DREAMING",
                meaning: .unknown,
                provenance: Provenance(source: .manual, observedAt: .start)
            )
            #expect(try await harness.apply(report) == [ReportOutcome(.applied, status: .pending)])
            #expect(try await harness.logs().isEmpty)
        },
        ConformanceCheck("scores of two reports are never mixed") { harness in
            try await harness.register(.t1)
            _ = try await harness.apply(.callback(.t1, .failed, result: .graded(2, of: 4), id: "d1"))
            let bare = GradingResult(raw: Array("[15]".utf8), totalScore: 15, maxScore: nil, assessment: .graded)
            _ = try await harness.apply(.callback(.t1, .completed, result: bare, id: "d2"))
            let student = try await harness.student(of: .t1)
            #expect(student?.totalScore == 15)
            #expect(student?.maxScore == nil)
            #expect(student?.percentage == nil)
            #expect(student?.rawGradingOutput == "[15]")
        },
        ConformanceCheck("a result is kept with its value, also one that is a bare number") { harness in
            try await harness.register(.t1)
            let bare = GradingResult(
                raw: Array("1.50".utf8),
                totalScore: nil,
                maxScore: nil,
                assessment: .needsReview("a number")
            )
            _ = try await harness.apply(.callback(.t1, .completed, result: bare, id: "d1"))
            #expect(try await harness.student(of: .t1)?.rawGradingOutput == canonicalJSON("1.50"))
        },
        ConformanceCheck("an older run that the grading server's own count names changes nothing and is logged") { harness in
            try await harness.register(.t1)
            let outcomes = try await harness.apply(
                .callback(.t1, .processing, attempt: 2, id: "d1"),
                .callback(.t1, .failed, attempt: 1, id: "d2")
            )
            #expect(outcomes.map(\.disposition) == [.applied, .stale])
            let later = try await harness.apply(.callback(.t1, .failed, attempt: 1, id: "d3"), at: .start.after(1))
            #expect(later == [ReportOutcome(.stale, status: .processing, isOfOlderAttempt: true)])
            #expect(try await harness.logs().map(\.level) == [.warning, .warning, .info])
        },
        ConformanceCheck(
            "where several students bear one task id, the open one is meant",
            unless: { $0.isTaskIDUnique }
        ) { harness in
            try await harness.addSession(.s1, status: .processing)
            try await harness.addStudent(WebAppStudent("row-1", in: .s1, task: "task-1", status: .completed))
            try await harness.addStudent(WebAppStudent("row-2", in: .s1, task: "task-1"))
            let outcome = try await harness.apply(.callback(.t1, .completed, result: .graded(5), id: "d1"))
            #expect(outcome.map(\.changedStatus) == [true])
            #expect(try await harness.student(StudentRowID("row-2"))?.status == "COMPLETED")
            #expect(try await harness.session(.s1)?.status == "COMPLETED")
        },
        ConformanceCheck("a duplicate, a stale report and a signal leave the student's row as it is") { harness in
            try await harness.register(.t1)
            let first = TaskReport.callback(.t1, .completed, result: .graded(5), id: "d1")
            _ = try await harness.apply(first, at: .start.after(1))
            let before = try await harness.student(of: .t1)
            _ = try await harness.apply(first, .callback(.t1, .processing, id: "d2"), at: .start.after(9))
            #expect(try await harness.student(of: .t1) == before)
        },
        ConformanceCheck("a callback that arrived while a check was under way wins") { harness in
            try await harness.register(.t1)
            _ = try await harness.apply(.callback(.t1, .failed, id: "d1"), at: .start.after(10))
            let outcome = try await harness.apply(
                .answer(.t1, .completed, result: .graded(15), askedAt: .start.after(9)),
                at: .start.after(11)
            )
            #expect(outcome == [ReportOutcome(.stale, status: .failed)])
            let asked = try await harness.apply(
                .answer(.t1, .completed, result: .graded(15), askedAt: .start.after(12)),
                at: .start.after(13)
            )
            #expect(asked.map(\.changedStatus) == [true])
            #expect(try await harness.logs().first?.context == "reconciliation")
        },
    ]
}
