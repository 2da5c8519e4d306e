import GradingCore
import Testing

extension StoreConformance {
    static let rollUpChecks = [
        ConformanceCheck("a session goes PENDING, under way, COMPLETED with its students, with times and scores") { harness in
            try await harness.register(.t1, .t2)
            #expect(try await harness.session(.s1)?.status == "PENDING")
            _ = try await harness.apply(.callback(.t1, .processing, id: "d1"), at: .start.after(1))
            let processing = harness.store.sessionWords.word(for: .processing)
            #expect(try await harness.session(.s1)?.status == processing)
            _ = try await harness.apply(.callback(.t1, .completed, result: .graded(15), id: "d2"), at: .start.after(2))
            #expect(try await harness.session(.s1)?.status == processing)
            _ = try await harness.apply(.callback(.t2, .completed, result: .graded(5), id: "d3"), at: .start.after(3))
            let hasScores = harness.layout.hasSessionScores
            #expect(
                try await harness.session(.s1)
                    == StoredSession(
                        status: "COMPLETED",
                        averageScore: hasScores ? 50 : nil,
                        highestScore: hasScores ? 75 : nil,
                        lowestScore: hasScores ? 25 : nil,
                        passingRate: hasScores ? 50 : nil,
                        startedAt: .start.after(1),
                        completedAt: .start.after(3)
                    )
            )
        },
        ConformanceCheck("the last two students of a session, in one batch, end it") { harness in
            try await harness.register(.t1, .t2)
            _ = try await harness.apply(
                .callback(.t1, .failed, id: "d1"),
                .callback(.t2, .completed, result: .graded(5), id: "d2")
            )
            #expect(try await harness.session(.s1)?.status == "COMPLETED")
        },
        ConformanceCheck("a session whose last student fails is COMPLETED when another has a grade from before") { harness in
            try await harness.register(.t1, .t2)
            _ = try await harness.apply(.callback(.t1, .completed, result: .graded(5), id: "d1"), at: .start.after(1))
            _ = try await harness.apply(.callback(.t2, .failed, id: "d2"), at: .start.after(2))
            #expect(try await harness.session(.s1)?.status == "COMPLETED")
            #expect(try await harness.session(.s1)?.completedAt == .start.after(2))
        },
        ConformanceCheck(
            "a second student with the same task id, who waits, keeps the session open",
            unless: { $0.isTaskIDUnique }
        ) { harness in
            try await harness.addSession(.s1, status: .pending)
            try await harness.addStudent(WebAppStudent("row-1", in: .s1, task: "task-1"))
            try await harness.addStudent(WebAppStudent("row-2", in: .s1, task: "task-1"))
            _ = try await harness.apply(.callback(.t1, .completed, result: .graded(5), id: "d1"))
            #expect(try await harness.session(.s1)?.status == harness.store.sessionWords.word(for: .processing))
        },
        ConformanceCheck("all FAILED is a FAILED session, and a grade after that completes it") { harness in
            try await harness.register(.t1)
            _ = try await harness.apply(.callback(.t1, .failed, id: "d1"), at: .start.after(1))
            #expect(try await harness.session(.s1)?.status == "FAILED")
            #expect(try await harness.session(.s1)?.completedAt == nil)
            _ = try await harness.apply(.callback(.t1, .completed, result: .graded(5), id: "d2"), at: .start.after(2))
            #expect(try await harness.session(.s1)?.status == "COMPLETED")
            #expect(try await harness.session(.s1)?.completedAt == .start.after(2))
        },
        ConformanceCheck("a student without a task id keeps the session open") { harness in
            try await harness.register(.t1)
            try await harness.addStudent(WebAppStudent("row-9", in: .s1, task: nil))
            _ = try await harness.apply(.callback(.t1, .completed, result: .graded(5), id: "d1"))
            #expect(try await harness.session(.s1)?.status == harness.store.sessionWords.word(for: .processing))
            let summary = try await harness.store.sessionSummary(.s1)
            #expect(summary?.students == StudentCounts(pending: 1, completed: 1))
        },
        ConformanceCheck("a cancelled session is left alone") { harness in
            try await harness.addSession(.s1, status: .cancelled)
            try await harness.addStudent(WebAppStudent("row-1", in: .s1, task: "task-1"))
            _ = try await harness.apply(.callback(.t1, .completed, result: .graded(5), id: "d1"))
            #expect(try await harness.session(.s1)?.status == "CANCELLED")
            #expect(try await harness.status(of: .t1) == .completed)
        },
        ConformanceCheck("a session that the web app left behind its students is put right, once") { harness in
            try await harness.addSession(.s1, status: .pending)
            try await harness.addStudent(WebAppStudent("row-1", in: .s1, task: "task-1", status: .completed))
            try await harness.addStudent(WebAppStudent("row-2", in: .s1, task: "task-2", status: .failed))
            #expect(try await harness.store.rollUpSessions(at: .start.after(1)) == 1)
            #expect(try await harness.session(.s1)?.status == "COMPLETED")
            #expect(try await harness.session(.s1)?.completedAt == .start.after(1))
            #expect(try await harness.store.rollUpSessions(at: .start.after(2)) == 0)
            #expect(try await harness.session(.s1)?.completedAt == .start.after(1))
        },
        ConformanceCheck("failed students do not count in the session's scores") { harness in
            try await harness.register(.t1, .t2)
            _ = try await harness.apply(
                .callback(.t1, .failed, result: .graded(0), id: "d1"),
                .callback(.t2, .completed, result: .graded(20), id: "d2")
            )
            if harness.layout.hasSessionScores {
                let session = try await harness.session(.s1)
                #expect(session?.averageScore == 100)
                #expect(session?.lowestScore == 100)
            }
            #expect(try await harness.store.statistics().averageScore == 100)
        },
        ConformanceCheck("a session that ended ahead of its students is put right too") { harness in
            try await harness.addSession(.s1, status: .completed)
            try await harness.addStudent(WebAppStudent("row-1", in: .s1, task: "task-1", status: .completed))
            try await harness.addStudent(WebAppStudent("row-2", in: .s1, task: "task-2", status: .processing))
            let other = SessionID("session-2")!
            try await harness.addSession(other, status: .failed)
            try await harness.addStudent(WebAppStudent("row-3", in: other, task: "task-3", status: .completed))
            #expect(try await harness.store.rollUpSessions(at: .start) == 2)
            #expect(try await harness.session(.s1)?.status == harness.store.sessionWords.word(for: .processing))
            #expect(try await harness.session(other)?.status == "COMPLETED")
        },
        ConformanceCheck("a session without students stays as it is") { harness in
            try await harness.addSession(.s1, status: .processing)
            #expect(try await harness.store.rollUpSessions(at: .start) == 0)
            #expect(try await harness.session(.s1)?.status == harness.store.sessionWords.word(for: .processing))
        },
    ]
}
