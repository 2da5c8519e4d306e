import GradingCore
import Testing

extension StoreConformance {
    /// When tasks are due; every store is opened with a grace of 120 s.
    static let scheduleChecks = [
        ConformanceCheck("an open task that the web app wrote is due a grace after its last update") { harness in
            try await harness.addSession(.s1, status: .pending)
            try await harness.addStudent(WebAppStudent("row-1", in: .s1, task: "task-1", updatedAt: .start.after(10)))
            #expect(try await harness.store.scheduleOpenTasks(at: .start.after(20)) == 1)
            #expect(try await harness.store.scheduleOpenTasks(at: .start.after(60)) == 0)
            #expect(try await harness.store.claimDueTasks(.at(.start.after(129))).isEmpty)
            #expect(try await harness.store.claimDueTasks(.at(.start.after(130))).map(\.task) == [.t1])
        },
        ConformanceCheck("what the monitor has scheduled itself is left as it is") { harness in
            try await harness.register(.t1, .t2)
            _ = try await harness.apply(.callback(.t1, .processing, id: "d1"), at: .start.after(50))
            let claim = try await harness.store.claimDueTasks(.at(.start.after(120)))[0]
            let failure = CheckFailure(claim: claim, reason: "timeout", source: .sweep, nextCheckAt: .start.after(900))
            try await harness.store.recordFailedCheck(failure, at: .start.after(121))
            #expect(try await harness.store.scheduleOpenTasks(at: .start.after(130)) == 0)
            #expect(try await harness.store.claimDueTasks(.at(.start.after(899))).map(\.task) == [.t1])
            #expect(try await harness.store.claimDueTasks(.at(.start.after(900))).map(\.task) == [.t2])
        },
        ConformanceCheck("a task that the web app set back to open is asked about again") { harness in
            try await harness.register(.t1)
            _ = try await harness.apply(.callback(.t1, .failed, id: "d1"), at: .start.after(5))
            try await harness.webAppSets(.t1, to: .pending, at: .start.after(300))
            #expect(try await harness.store.claimDueTasks(.at(.start.after(900))).isEmpty)
            #expect(try await harness.store.scheduleOpenTasks(at: .start.after(310)) == 1)
            #expect(try await harness.store.claimDueTasks(.at(.start.after(419))).isEmpty)
            #expect(try await harness.store.claimDueTasks(.at(.start.after(420))).map(\.status) == [.pending])
        },
        ConformanceCheck("a task that the web app ended is met once, and hides none behind it") { harness in
            try await harness.register(.t1, .t2, .t3)
            try await harness.webAppSets(.t1, to: .completed, at: .start.after(5))
            try await harness.webAppSets(.t2, to: .completed, at: .start.after(5))
            #expect(try await harness.store.claimDueTasks(.at(.start.after(200), limit: 1)).map(\.task) == [.t3])
            try await harness.webAppSets(.t1, to: .pending, at: .start.after(210))
            #expect(try await harness.store.claimDueTasks(.at(.start.after(220))).isEmpty)
        },
        ConformanceCheck("a task that has ended during its check is not scheduled again by the check's end") { harness in
            try await harness.register(.t1, .t2)
            let claims = try await harness.store.claimDueTasks(.at(.start.after(200)))
            _ = try await harness.apply(
                .callback(.t1, .completed, result: .graded(5), id: "d1"),
                .callback(.t2, .completed, result: .graded(5), id: "d2"),
                at: .start.after(201)
            )
            try await harness.store.recordAnsweredCheck(.sample(claims[0], nextCheckAt: .start.after(300)), at: .start)
            let failure = CheckFailure(claim: claims[1], reason: "timeout", source: .sweep, nextCheckAt: .start.after(300))
            try await harness.store.recordFailedCheck(failure, at: .start.after(202))
            // Open again, and not scheduled: what a claim finds now, the check's end has left behind.
            try await harness.webAppSets(.t1, to: .pending, at: .start.after(203))
            try await harness.webAppSets(.t2, to: .pending, at: .start.after(203))
            #expect(try await harness.store.claimDueTasks(.at(.start.after(900))).isEmpty)
        },
        ConformanceCheck("a signal sets the next check anew, also while a backoff lasts") { harness in
            try await harness.register(.t1)
            let claim = try await harness.store.claimDueTasks(.at(.start.after(200)))[0]
            let failure = CheckFailure(claim: claim, reason: "timeout", source: .sweep, nextCheckAt: .start.after(1_100))
            try await harness.store.recordFailedCheck(failure, at: .start.after(201))
            _ = try await harness.apply(.callback(.t1, .processing, id: "d1"), at: .start.after(300))
            #expect(try await harness.store.claimDueTasks(.at(.start.after(419))).isEmpty)
            #expect(try await harness.store.claimDueTasks(.at(.start.after(420))).map(\.task) == [.t1])
        },
        ConformanceCheck("a check that lies further ahead than the grace allows is brought forward, a backoff is not") {
            harness in
            try await harness.register(.t2)
            let claim = try await harness.store.claimDueTasks(.at(.start.after(120)))[0]
            let failure = CheckFailure(claim: claim, reason: "timeout", source: .sweep, nextCheckAt: .start.after(900))
            try await harness.store.recordFailedCheck(failure, at: .start.after(121))
            // As under a longer grace, or by a clock that was ahead.
            _ = try await harness.store.register([.sample(.t1)], at: .start.after(5_000))
            #expect(try await harness.store.scheduleOpenTasks(at: .start.after(130)) == 1)
            #expect(try await harness.store.claimDueTasks(.at(.start.after(249))).isEmpty)
            #expect(try await harness.store.claimDueTasks(.at(.start.after(250))).map(\.task) == [.t1])
        },
        ConformanceCheck("checks without news are counted, together with failed ones, until a sign of life") { harness in
            try await harness.register(.t1)
            let first = try await harness.store.claimDueTasks(.at(.start.after(120)))[0]
            #expect(first.quietChecks == 0)
            _ = try await harness.apply(.answer(.t1, .pending, askedAt: .start.after(120)), at: .start.after(121))
            try await harness.store.recordAnsweredCheck(
                .sample(first, nextCheckAt: .start.after(200), quietChecks: 1),
                at: .start
            )
            let second = try await harness.store.claimDueTasks(.at(.start.after(200)))[0]
            #expect(second.quietChecks == 1)
            let failure = CheckFailure(claim: second, reason: "timeout", source: .sweep, nextCheckAt: .start.after(300))
            try await harness.store.recordFailedCheck(failure, at: .start.after(201))
            let third = try await harness.store.claimDueTasks(.at(.start.after(300)))[0]
            #expect(third.quietChecks == 1)
            #expect(third.consecutiveErrors == 1)
            _ = try await harness.apply(.callback(.t1, .processing, id: "d1"), at: .start.after(310))
            guard case .claimed(let fourth) = try await harness.store.claimTask(.t1, .at(.start.after(400))) else {
                Issue.record("the task was not claimed")
                return
            }
            #expect(fourth.quietChecks == 0)
        },
        ConformanceCheck("what waits after checks without news is not brought forward") { harness in
            try await harness.register(.t1)
            let claim = try await harness.store.claimDueTasks(.at(.start.after(120)))[0]
            try await harness.store.recordAnsweredCheck(
                .sample(claim, nextCheckAt: .start.after(3_720), quietChecks: 5),
                at: .start
            )
            #expect(try await harness.store.scheduleOpenTasks(at: .start.after(130)) == 0)
            #expect(try await harness.store.claimDueTasks(.at(.start.after(3_719))).isEmpty)
            #expect(try await harness.store.claimDueTasks(.at(.start.after(3_720))).map(\.quietChecks) == [5])
        },
        ConformanceCheck(
            "of several students with one task id an open one is meant",
            unless: { $0.isTaskIDUnique }
        ) { harness in
            try await harness.addSession(.s1, status: .pending)
            for (row, status) in [("1", TaskStatus.completed), ("2", .processing), ("3", .processing)] {
                try await harness.addStudent(WebAppStudent("row-\(row)", in: .s1, task: "task-1", status: status))
            }
            #expect(try await harness.store.scheduleOpenTasks(at: .start) == 1)
            let claimed = try await harness.store.claimDueTasks(.at(.start.after(120)))
            #expect(claimed.map(\.task) == [.t1])
            #expect(claimed.map(\.status) == [.processing])
        },
        ConformanceCheck("a task that a person asked about is scheduled like any other, before the next sweep finds it") {
            harness in
            try await harness.addSession(.s1, status: .pending)
            try await harness.addStudent(WebAppStudent("row-1", in: .s1, task: "task-1"))
            guard case .claimed(let claim) = try await harness.store.claimTask(.t1, .at(.start)) else {
                Issue.record("the task was not claimed")
                return
            }
            try await harness.store.recordAnsweredCheck(.sample(claim, nextCheckAt: .start.after(700)), at: .start)
            #expect(try await harness.store.claimDueTasks(.at(.start.after(699))).isEmpty)
            #expect(try await harness.store.claimDueTasks(.at(.start.after(700))).map(\.task) == [.t1])
        },
    ]
}
