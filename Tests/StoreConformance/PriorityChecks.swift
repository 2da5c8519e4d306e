import GradingCore
import Testing

extension StoreHarness {
    fileprivate func register(_ task: TaskID, priority: Int?, at now: Timestamp = .start) async throws {
        _ = try await store.register([.sample(task, name: "Student of \(task)", priority: priority)], at: now)
    }

    /// All that is due, one claim of one task after the other.
    fileprivate func claimedInTurn(at now: Timestamp, step: Int = 3_600) async throws -> [TaskID] {
        var order: [TaskID] = []
        while true {
            let claim = ClaimRequest(
                limit: 1,
                now: now,
                owner: "a",
                leaseExpiresAt: now.after(600),
                rank: ClaimRank(step: .seconds(step))
            )
            guard let task = try await store.claimDueTasks(claim).first?.task else { return order }
            order.append(task)
        }
    }
}

extension StoreConformance {
    static let priorityChecks = [
        ConformanceCheck("of tasks that are due the urgent ones come first, and the most overdue of equal ones") { harness in
            try await harness.register(.t1, priority: 5)
            try await harness.register(.t2, priority: 9, at: .start.after(20))
            try await harness.register(.t3, priority: 9, at: .start.after(10))
            let claimed = try await harness.store.claimDueTasks(.at(.start.after(500)))
            #expect(claimed.map(\.task) == [.t3, .t2, .t1])
        },
        ConformanceCheck("a claim that is smaller than what is due takes the same order") { harness in
            try await harness.register(.t1, priority: 0)
            try await harness.register(.t2, priority: 9)
            try await harness.register(.t3, priority: 4)
            #expect(try await harness.claimedInTurn(at: .start.after(500)) == [.t2, .t3, .t1])
        },
        ConformanceCheck("each step of priority is worth so much of being overdue, and no more") { harness in
            try await harness.register(.t1, priority: 5)
            try await harness.register(.t2, priority: 7, at: .start.after(199))
            try await harness.register(.t3, priority: 7, at: .start.after(201))
            #expect(try await harness.claimedInTurn(at: .start.after(900), step: 100) == [.t2, .t1, .t3])
        },
        ConformanceCheck("urgent or not, nothing is claimed before it is due") { harness in
            try await harness.register(.t1, priority: 9)
            #expect(try await harness.claimedInTurn(at: .start.after(119)).isEmpty)
            #expect(try await harness.claimedInTurn(at: .start.after(120)) == [.t1])
        },
        ConformanceCheck("a task's priority can be changed, also before the monitor has met it") { harness in
            try await harness.register(.t1, .t2)
            #expect(try await harness.store.setPriority(9, of: .t2))
            try await harness.addStudent(WebAppStudent("row-3", in: .s1, task: "task-3"))
            #expect(try await harness.store.setPriority(7, of: .t3))
            #expect(try await harness.store.scheduleOpenTasks(at: .start) == 1)
            #expect(try await harness.claimedInTurn(at: .start.after(500)) == [.t2, .t3, .t1])
            #expect(try await !harness.store.setPriority(9, of: TaskID("nowhere")!))
        },
        ConformanceCheck("a session's priority is that of its open tasks, and of no others") { harness in
            try await harness.register(.t1, .t2)
            _ = try await harness.store.register([.sample(.t3, session: SessionID("session-2")!)], at: .start)
            _ = try await harness.apply(.callback(.t1, .completed, result: .graded(5), id: "d1"))
            #expect(try await harness.store.setPriority(2, ofSession: .s1) == 1)
            #expect(try await harness.store.setPriority(2, ofSession: .s1) == 0)
            #expect(try await harness.claimedInTurn(at: .start.after(500)) == [.t3, .t2])
            #expect(try await harness.store.setPriority(2, ofSession: SessionID("nowhere")!) == nil)
        },
        ConformanceCheck("what comes later into an urgent session is urgent, unless it says otherwise itself") { harness in
            try await harness.addSession(.s1, status: .pending)
            #expect(try await harness.store.setPriority(8, ofSession: .s1) == 0)
            try await harness.register(.t1, priority: nil)
            try await harness.register(.t2, priority: 9)
            try await harness.addStudent(WebAppStudent("row-3", in: .s1, task: "task-3"))
            #expect(try await harness.store.scheduleOpenTasks(at: .start) == 1)
            _ = try await harness.store.register(
                [.sample(TaskID("task-4")!, session: SessionID("session-2")!, priority: 7)],
                at: .start
            )
            let order = try await harness.claimedInTurn(at: .start.after(500))
            #expect(order == [.t2, .t1, .t3, TaskID("task-4")!])
        },
    ]
}
