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
            let old = ReportOutcome(.stale, status: .pending, isOfOlderAttempt: true)
            #expect(late == [old, old])
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
        ConformanceCheck(
            "the same institution's number with an open task is a second paper, not a retry",
            unless: { $0.isStudentIDUnique }
        ) { harness in
            _ = try await harness.store.register([.sample(.t1, studentID: "7"), .sample(.t2, studentID: "7")], at: .start)
            #expect(try await harness.store.sessionSummary(.s1)?.students == StudentCounts(pending: 2))
            #expect(try await harness.store.task(.t2)?.attempt == 1)
        },
        ConformanceCheck("the same task id twice in one registration is one student, and another student's is refused") {
            harness in
            let twice = [TaskRegistration.sample(.t1, studentID: "7"), .sample(.t1, name: "A. Obi", studentID: "7")]
            let once = try await harness.store.register(twice, at: .start)
            #expect(once == .registered(new: 1, unchanged: 1))
            #expect(try await harness.store.task(.t1)?.studentName == "Ada Obi")
            #expect(try await harness.store.sessionSummary(.s1)?.students == StudentCounts(pending: 1))

            let two = [TaskRegistration.sample(.t2, studentID: "8"), .sample(.t2, studentID: "9")]
            #expect(try await harness.store.register(two, at: .start) == .taskTaken(.t2))
            #expect(try await harness.store.task(.t2) == nil)
        },
        ConformanceCheck(
            "students that wait under one number are given task ids in the order of their row ids, each once",
            unless: { $0.isStudentIDUnique }
        ) {
            harness in
            try await harness.addSession(.s1, status: .pending)
            for row in ["row-b", "row-C", "row-a"] {
                try await harness.addStudent(WebAppStudent(row, in: .s1, task: nil, studentID: "7"))
            }
            let tasks = ["task-1", "task-2", "task-3", "task-4", "task-1"].compactMap(TaskID.init)
            let outcome = try await harness.store.register(tasks.map { .sample($0, studentID: "7") }, at: .start)
            #expect(outcome == .registered(new: 4, unchanged: 1))
            for (row, task) in [("row-C", "task-1"), ("row-a", "task-2"), ("row-b", "task-3")] {
                #expect(try await harness.student(StudentRowID(row))?.task == task)
            }
            #expect(try await harness.store.sessionSummary(.s1)?.students == StudentCounts(pending: 4))
        },
        ConformanceCheck(
            "in one registration a waiting student comes first, then a failed one, then a second paper",
            unless: { $0.isStudentIDUnique }
        ) { harness in
            try await harness.addSession(.s1, status: .pending)
            try await harness.addStudent(WebAppStudent("row-1", in: .s1, task: "task-0", studentID: "7", status: .failed))
            try await harness.addStudent(WebAppStudent("row-2", in: .s1, task: nil, studentID: "7", status: .processing))
            let tasks: [TaskID] = [.t1, .t2, .t3]
            let outcome = try await harness.store.register(tasks.map { .sample($0, studentID: "7") }, at: .start)
            #expect(outcome == .registered(new: 3, unchanged: 0))
            #expect(try await harness.store.task(.t1)?.student == StudentRowID("row-2"))
            #expect(try await harness.store.task(.t2)?.student == StudentRowID("row-1"))
            let snapshots = try await [harness.store.task(.t1), harness.store.task(.t2), harness.store.task(.t3)]
            #expect(snapshots.map { $0?.attempt } == [1, 2, 1])
            #expect(snapshots.map { $0?.status } == [.processing, .pending, .pending])
        },
        ConformanceCheck("a retry clears the scores, leaves a line in the log, and keeps the former task id for its student") {
            harness in
            _ = try await harness.store.register([.sample(.t1, studentID: "7")], at: .start)
            _ = try await harness.apply(.callback(.t1, .failed, result: .graded(3), id: "d1"))
            #expect(try await harness.student(of: .t1)?.totalScore == 3)
            let outcome = try await harness.store.register(
                [.sample(.t2, studentID: "7"), .sample(.t1, studentID: "7"), .sample(.t2, studentID: "7")],
                at: .start.after(1)
            )
            #expect(outcome == .registered(new: 1, unchanged: 2))
            let student = try #require(try await harness.student(of: .t2))
            #expect(student.status == "PENDING")
            #expect(student.totalScore == nil && student.maxScore == nil && student.percentage == nil)
            #expect(student.rawGradingOutput == nil)
            #expect(student.updatedAt == .start.after(1))
            let log = try #require(try await harness.logs().first)
            #expect(log.level == .info)
            #expect(log.context == "manual")
            #expect(log.message.contains("attempt 2"))
            #expect(log.createdAt == .start.after(1))
            let other = try await harness.store.register(
                [.sample(.t3, studentID: "7"), .sample(.t1, studentID: "8")],
                at: .start
            )
            #expect(other == .taskTaken(.t1))
        },
        ConformanceCheck("a former task id is remembered though the monitor had never touched it") { harness in
            try await harness.addSession(.s1, status: .failed)
            try await harness.addStudent(WebAppStudent("row-1", in: .s1, task: "task-1", studentID: "7", status: .failed))
            _ = try await harness.store.register([.sample(.t2, studentID: "7")], at: .start)
            let late = try await harness.apply(.callback(.t1, .completed, result: .graded(9), id: "d1"))
            #expect(late == [ReportOutcome(.stale, status: .pending, isOfOlderAttempt: true)])
            let again = try await harness.store.register([.sample(.t1, studentID: "7")], at: .start)
            #expect(again == .registered(new: 0, unchanged: 1))
        },
        ConformanceCheck(
            "several failed students that share a task id start again in one registration",
            unless: { $0.isTaskIDUnique }
        ) { harness in
            try await harness.addSession(.s1, status: .failed)
            for number in ["7", "8"] {
                let row = WebAppStudent("row-\(number)", in: .s1, task: "task-1", studentID: number, status: .failed)
                try await harness.addStudent(row)
            }
            let first = try await harness.store.register(
                [.sample(.t2, studentID: "7"), .sample(.t1, studentID: "7")],
                at: .start
            )
            #expect(first == .taskTaken(.t1))
            let both = try await harness.store.register([.sample(.t2, studentID: "7"), .sample(.t3, studentID: "8")], at: .start)
            #expect(both == .registered(new: 2, unchanged: 0))
            #expect(try await harness.store.task(.t2)?.student == StudentRowID("row-7"))
            #expect(try await harness.store.task(.t3)?.student == StudentRowID("row-8"))
        },
        ConformanceCheck(
            "where the web app gave one task id to several students, each of them is known, and nobody else",
            unless: { $0.isTaskIDUnique }
        ) {
            harness in
            try await harness.addSession(.s1, status: .pending)
            for number in ["7", "8"] {
                try await harness.addStudent(WebAppStudent("row-\(number)", in: .s1, task: "task-1", studentID: number))
            }
            for number in ["7", "8"] {
                let known = try await harness.store.register([.sample(.t1, studentID: number)], at: .start)
                #expect(known == .registered(new: 0, unchanged: 1))
            }
            #expect(try await harness.store.register([.sample(.t1, studentID: "9")], at: .start) == .taskTaken(.t1))
        },
        ConformanceCheck(
            "a student is looked for in its own session, and by the very bytes of its number",
            unless: { $0.isStudentIDUnique }
        ) { harness in
            let other = try #require(SessionID("session-2"))
            for session in [SessionID.s1, other] { try await harness.addSession(session, status: .pending) }
            try await harness.addStudent(WebAppStudent("row-1", in: other, task: nil, studentID: "7\u{E9}"))
            let precomposed = TaskRegistration.sample(.t1, studentID: "7\u{E9}")
            let decomposed = TaskRegistration.sample(.t2, studentID: "7e\u{301}", session: other)
            _ = try await harness.store.register([precomposed, decomposed], at: .start)
            #expect(try await harness.student(StudentRowID("row-1"))?.task == nil)
            _ = try await harness.store.register([.sample(.t3, studentID: "7\u{E9}", session: other)], at: .start)
            #expect(try await harness.student(StudentRowID("row-1"))?.task == "task-3")
        },
        ConformanceCheck("the quotes, braces and backslashes of a name or number are kept") { harness in
            let number = #"7"',\{}/é"#
            let registration = TaskRegistration.sample(.t1, name: #"O'Brien "B", \{x}"#, studentID: number)
            #expect(try await harness.store.register([registration], at: .start) == .registered(new: 1, unchanged: 0))
            #expect(try await harness.store.register([registration], at: .start) == .registered(new: 0, unchanged: 1))
            #expect(try await harness.store.task(.t1)?.studentName == registration.studentName)
            _ = try await harness.apply(.callback(.t1, .failed, id: "d1"))
            _ = try await harness.store.register([.sample(.t2, studentID: number)], at: .start)
            #expect(try await harness.store.task(.t2)?.attempt == 2)
        },
        ConformanceCheck("five thousand tasks of one session are one registration, and again a retry of them all") { harness in
            func batch(_ prefix: String) -> [TaskRegistration] {
                (0..<5_000).compactMap { number in
                    TaskID("\(prefix)-\(number)").map { .sample($0, studentID: "\(number)") }
                }
            }
            #expect(try await harness.store.register(batch("a"), at: .start) == .registered(new: 5_000, unchanged: 0))
            #expect(try await harness.store.register(batch("a"), at: .start) == .registered(new: 0, unchanged: 5_000))
            let failures = batch("a").map { TaskReport.callback($0.task, .failed, id: "d-\($0.task)") }
            for start in stride(from: 0, to: failures.count, by: 250) {
                _ = try await harness.store.apply(Array(failures[start..<start + 250]), at: .start)
            }
            #expect(try await harness.store.register(batch("b"), at: .start) == .registered(new: 5_000, unchanged: 0))
            #expect(try await harness.store.sessionSummary(.s1)?.students == StudentCounts(pending: 5_000))
            #expect(try await harness.store.task(TaskID("b-4999") ?? .t1)?.attempt == 2)
        },
    ]
}
