import GradingCore
import Testing

extension ClaimRequest {
    static func at(_ now: Timestamp, limit: Int = 10, owner: String = "a", lease: Int = 60) -> ClaimRequest {
        ClaimRequest(limit: limit, now: now, owner: owner, leaseExpiresAt: now.after(lease))
    }
}

extension ClaimedTask {
    /// For checks that are about something else.
    var withoutTrace: ClaimedTask {
        ClaimedTask(task: task, owner: owner, consecutiveErrors: consecutiveErrors, status: status)
    }
}

extension SingleClaim {
    fileprivate var withoutTrace: SingleClaim {
        if case .claimed(let task) = self { .claimed(task.withoutTrace) } else { self }
    }
}

extension CheckAnswer {
    static func sample(
        _ claim: ClaimedTask,
        nextCheckAt: Timestamp,
        quietChecks: Int = 0,
        lateness: Duration? = nil
    ) -> CheckAnswer {
        CheckAnswer(
            claim: claim,
            source: .sweep,
            nextCheckAt: nextCheckAt,
            quietChecks: quietChecks,
            lateness: lateness
        )
    }
}

extension StoreConformance {
    static let claimChecks = [
        ConformanceCheck("a task is due when its last signal is as old as the grace, and not before") { harness in
            try await harness.register(.t1)
            #expect(try await harness.store.claimDueTasks(.at(.start.after(119))).isEmpty)
            let claimed = try await harness.store.claimDueTasks(.at(.start.after(120)))
            let mine = ClaimedTask(task: .t1, owner: "a", consecutiveErrors: 0, status: .pending)
            #expect(claimed.map(\.withoutTrace) == [mine.withoutTrace])
            #expect(claimed.map(\.heardAt) == [.start])
        },
        ConformanceCheck("a signal puts the next check off") { harness in
            try await harness.register(.t1)
            _ = try await harness.apply(.callback(.t1, .processing, id: "d1"), at: .start.after(100))
            _ = try await harness.apply(.callback(.t1, .processing, id: "d2"), at: .start.after(110))
            #expect(try await harness.store.claimDueTasks(.at(.start.after(229))).isEmpty)
            #expect(try await harness.store.claimDueTasks(.at(.start.after(230))).map(\.status) == [.processing])
        },
        ConformanceCheck("the most overdue come first, no more than asked for, ended ones never") { harness in
            try await harness.addSession(.s1, status: .pending)
            for (row, age) in [("1", 30), ("2", 10), ("3", 20)] {
                try await harness.addStudent(
                    WebAppStudent("row-\(row)", in: .s1, task: "task-\(row)", updatedAt: .start.after(age))
                )
            }
            try await harness.addStudent(WebAppStudent("row-4", in: .s1, task: "task-4", status: .completed))
            try await harness.addStudent(WebAppStudent("row-5", in: .s1, task: nil))
            try await harness.addStudent(WebAppStudent("row-6", in: .s1, task: "not an id/../"))
            #expect(try await harness.store.scheduleOpenTasks(at: .start.after(60)) == 3)
            let first = try await harness.store.claimDueTasks(.at(.start.after(500), limit: 2))
            #expect(first.map(\.task) == [.t2, .t3])
            #expect(try await harness.store.claimDueTasks(.at(.start.after(500))).map(\.task) == [.t1])
        },
        ConformanceCheck("a leased task is nobody else's until the lease ends") { harness in
            try await harness.register(.t1)
            #expect(try await harness.store.claimDueTasks(.at(.start.after(200))).count == 1)
            #expect(try await harness.store.claimDueTasks(.at(.start.after(259), owner: "b")).isEmpty)
            let manual = try await harness.store.claimTask(.t1, .at(.start.after(259), owner: "b"))
            #expect(manual == .leasedElsewhere(.pending))
            #expect(try await harness.store.claimDueTasks(.at(.start.after(260), owner: "b")).map(\.owner) == ["b"])
        },
        ConformanceCheck("an answered check ends the lease and sets when to look again; a lost lease changes nothing") {
            harness in
            try await harness.register(.t1)
            let mine = try await harness.store.claimDueTasks(.at(.start.after(200)))[0]
            let theirs = try await harness.store.claimDueTasks(.at(.start.after(300), owner: "b"))[0]
            try await harness.store.recordAnsweredCheck(.sample(mine, nextCheckAt: .start), at: .start)
            #expect(try await harness.store.claimDueTasks(.at(.start.after(301), owner: "c")).isEmpty)
            try await harness.store.recordAnsweredCheck(.sample(theirs, nextCheckAt: .start.after(900)), at: .start)
            #expect(try await harness.store.claimDueTasks(.at(.start.after(899))).isEmpty)
            #expect(try await harness.store.claimDueTasks(.at(.start.after(900))).count == 1)
        },
        ConformanceCheck("a released task can be claimed at once, and only its owner can release it") { harness in
            try await harness.register(.t1)
            let mine = try await harness.store.claimDueTasks(.at(.start.after(200)))
            try await harness.store.release([
                ClaimedTask(task: .t1, owner: "somebody else", consecutiveErrors: 0, status: .pending)
            ])
            #expect(try await harness.store.claimDueTasks(.at(.start.after(201))).isEmpty)
            try await harness.store.release(mine)
            #expect(try await harness.store.claimDueTasks(.at(.start.after(201))).count == 1)
        },
        ConformanceCheck("a failed check is counted and logged, waits its backoff and changes no status") { harness in
            try await harness.register(.t1)
            let claim = try await harness.store.claimDueTasks(.at(.start.after(200)))[0]
            let failure = CheckFailure(
                claim: claim,
                reason: "no answer in time",
                source: .sweep,
                nextCheckAt: .start.after(260)
            )
            try await harness.store.recordFailedCheck(failure, at: .start.after(230))
            try await harness.store.recordFailedCheck(failure, at: .start.after(231))
            let logs = try await harness.logs()
            #expect(logs.map(\.message) == ["Task task-1: check failed: no answer in time"])
            #expect(logs.map(\.level) == [.error])
            #expect(try await harness.status(of: .t1) == .pending)
            #expect(try await harness.store.claimDueTasks(.at(.start.after(259))).isEmpty)
            #expect(try await harness.store.claimDueTasks(.at(.start.after(260))).map(\.consecutiveErrors) == [1])
        },
        ConformanceCheck("a failed check says nothing about a task that a callback has ended meanwhile") { harness in
            try await harness.register(.t1)
            let claim = try await harness.store.claimDueTasks(.at(.start.after(200)))[0]
            _ = try await harness.apply(.callback(.t1, .completed, result: .graded(5), id: "d1"), at: .start.after(201))
            let failure = CheckFailure(claim: claim, reason: "timeout", source: .sweep, nextCheckAt: .start.after(260))
            try await harness.store.recordFailedCheck(failure, at: .start.after(230))
            #expect(try await harness.logs().map(\.level) == [.success])
        },
        ConformanceCheck("a manual check may ask about open and failed tasks, and not about settled ones") { harness in
            try await harness.register(.t1, .t2)
            #expect(try await harness.store.claimTask(.t3, .at(.start)) == .noSuchTask)
            let open = try await harness.store.claimTask(.t1, .at(.start))
            #expect(open.withoutTrace == .claimed(ClaimedTask(task: .t1, owner: "a", consecutiveErrors: 0, status: .pending)))
            _ = try await harness.apply(
                .callback(.t1, .completed, result: .graded(5), id: "d1"),
                .callback(.t2, .failed, id: "d2")
            )
            #expect(try await harness.store.claimTask(.t1, .at(.start.after(90))) == .settled(.completed))
            let failed = try await harness.store.claimTask(.t2, .at(.start.after(90)))
            #expect(failed.withoutTrace == .claimed(ClaimedTask(task: .t2, owner: "a", consecutiveErrors: 0, status: .failed)))
        },
    ]
}
