import GradingCore
import Testing

extension StoreHarness {
    fileprivate func changes(after sequence: Int64 = 0, limit: Int = 1_000) async throws -> [CommittedChange] {
        try await store.changes(after: sequence, limit: limit).changes
    }
}

extension StoreConformance {
    static let changeChecks = [
        ConformanceCheck("the change feed has each move of a task and of a session, whole and in order") { harness in
            try await harness.register(.t1)
            let student = try #require(try await harness.store.task(.t1)?.student)
            _ = try await harness.apply(.callback(.t1, .processing, id: "d1"), at: .start.after(1))
            _ = try await harness.apply(.answer(.t1, .completed, result: .graded(5), askedAt: .start), at: .start.after(2))
            let changes = try await harness.changes()
            func task(_ from: TaskStatus, _ to: TaskStatus, _ source: ReportSource) -> Change {
                .task(TaskChange(task: .t1, student: student, session: .s1, from: from, to: to, source: source))
            }
            #expect(
                changes.map(\.change) == [
                    task(.pending, .processing, .callback),
                    .session(SessionChange(session: .s1, from: .pending, to: .processing)),
                    task(.processing, .completed, .sweep),
                    .session(SessionChange(session: .s1, from: .processing, to: .completed)),
                ]
            )
            #expect(changes.map(\.at) == [1, 1, 2, 2].map { Timestamp.start.after($0) })
            #expect(changes.map(\.sequence) == changes.map(\.sequence).sorted())
            #expect(Set(changes.map(\.sequence)).count == 4)
            #expect(try await harness.store.latestChange() == changes.last?.sequence)
        },
        ConformanceCheck("the change feed is read on from a sequence, so many rows at a time") { harness in
            try await harness.register(.t1, .t2, .t3)
            for task in [TaskID.t1, .t2, .t3] {
                _ = try await harness.apply(.callback(task, .processing, id: "d-\(task)"))
            }
            let all = try await harness.changes()
            #expect(all.count == 4)
            #expect(try await harness.changes(limit: 3) == Array(all.prefix(3)))
            #expect(try await harness.changes(after: all[1].sequence) == Array(all.suffix(2)))
            #expect(try await harness.changes(after: all[0].sequence, limit: 2) == Array(all[1...2]))
            #expect(try await harness.changes(after: all[3].sequence).isEmpty)
        },
        ConformanceCheck("one commit's moves stand in the change feed as they were reported, before their session's") { harness in
            try await harness.register(.t1, .t2, .t3)
            _ = try await harness.apply(
                .callback(.t3, .processing, id: "d1"),
                .callback(.t1, .processing, id: "d2"),
                .callback(.t2, .processing, id: "d3"),
                .callback(.t1, .failed, id: "d4")
            )
            let moved = try await harness.changes().map { change in
                switch change.change {
                case .task(let move): move.task.rawValue + " " + move.to.rawValue
                case .session(let move): move.session.rawValue
                }
            }
            let expected = [
                "\(TaskID.t3) PROCESSING", "\(TaskID.t1) PROCESSING", "\(TaskID.t2) PROCESSING", "\(TaskID.t1) FAILED",
                SessionID.s1.rawValue,
            ]
            #expect(moved == expected)
        },
        ConformanceCheck("the sessions that one commit moves stand in the change feed by their ids") { harness in
            let sessions = ["s-3", "s-1", "s-2"].map { SessionID($0)! }
            for session in sessions {
                try await harness.addSession(session, status: .pending)
                let student = WebAppStudent("row-\(session)", in: session, task: "task-\(session)", status: .pending)
                try await harness.addStudent(student)
            }
            _ = try await harness.store.apply(
                sessions.map { .callback(TaskID("task-\($0)")!, .processing, id: "d-\($0)") },
                at: .start
            )
            let moved = try await harness.changes().compactMap { change in
                if case .session(let move) = change.change { move.session } else { nil }
            }
            #expect(moved == sessions.sorted())
        },
        ConformanceCheck("what changes nothing is not in the change feed") { harness in
            try await harness.register(.t1)
            let report = TaskReport.callback(.t1, .processing, id: "d1")
            _ = try await harness.apply(report)
            let before = try await harness.changes()
            _ = try await harness.apply(report, .callback(.t1, .processing, id: "d2"), .callback(.t2, .failed, id: "d3"))
            try await harness.register(.t1)
            _ = try await harness.store.rollUpSessions(at: .start)
            #expect(try await harness.changes() == before)
        },
        ConformanceCheck("a new attempt and a session that is put right are in the change feed") { harness in
            _ = try await harness.store.register([.sample(.t1, studentID: "2010/1")], at: .start)
            _ = try await harness.apply(.callback(.t1, .failed, id: "d1"))
            let failed = try await harness.store.latestChange()
            _ = try await harness.store.register([.sample(.t2, studentID: "2010/1")], at: .start.after(1))
            let retried = try await harness.changes(after: failed)
            guard case .task(let retry)? = retried.first?.change else { return #expect(Bool(false), "no change of a task") }
            #expect([retry.from, retry.to] == [.failed, .pending])
            #expect(retry.task == .t2)

            let behind = SessionID("session-2")!
            try await harness.addSession(behind, status: .pending)
            try await harness.addStudent(WebAppStudent("row-1", in: behind, task: "task-9", status: .completed))
            let latest = try await harness.store.latestChange()
            _ = try await harness.store.rollUpSessions(at: .start.after(2))
            let change = Change.session(SessionChange(session: behind, from: .pending, to: .completed))
            #expect(try await harness.changes(after: latest).map(\.change) == [change])
        },
        ConformanceCheck("an empty change feed is at 0, and nothing is open once everything has ended") { harness in
            #expect(try await harness.store.latestChange() == 0)
            let page = try await harness.store.changes(after: 0, limit: 10)
            #expect(page.changes.isEmpty)
            #expect(page.oldestOpenTransaction <= page.nextTransaction)
        },
        ConformanceCheck("every listener is told after a commit with changes") { harness in
            let heard = [harness.store.changeSignals(), harness.store.changeSignals()].map { signals in
                Task { await signals.contains { true } }
            }
            let writing = Task {
                // Again and again, since a signal may be lost; it ends when both have heard, or fails after ten seconds.
                for number in 0..<200 where !Task.isCancelled {
                    let task = TaskID("task-\(number)")!
                    try await harness.register(task)
                    _ = try await harness.apply(.callback(task, .processing, id: "d-\(number)"))
                    try await Task.sleep(for: .milliseconds(50))
                }
                for task in heard { task.cancel() }
            }
            for task in heard { #expect(await task.value, "a listener heard nothing") }
            writing.cancel()
            _ = await writing.result
        },
    ]
}
