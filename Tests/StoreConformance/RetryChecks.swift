import GradingCore
import Testing

extension StoreConformance {
    static let retryChecks = [
        ConformanceCheck("a retried task is PENDING again as the next attempt, with a clean slate, and its session under way") {
            harness in
            try await harness.register(.t1, .t2)
            _ = try await harness.apply(
                .callback(.t1, .failed, error: "no guide", attempt: 1, id: "d1"),
                .callback(.t2, .completed, result: .graded(5), id: "d2"),
                at: .start.after(1)
            )
            #expect(try await harness.store.failedTasks(of: .s1)?.map(\.task) == [.t1])
            #expect(try await harness.store.failedTasks(of: SessionID("no")!) == nil)
            let begun = try await harness.store.retry([.t1, .t2, .t3], maximumAttempts: 3, source: .manual, at: .start.after(60))
            #expect(begun == [.t1: 2])
            #expect(try await harness.store.task(.t1)?.attempt == 2)
            #expect(try await harness.status(of: .t1) == .pending)
            #expect(try await harness.store.sessionSummary(.s1)?.status == .processing)
            let message = "Task task-1: attempt 2 of 3 begins; attempt 1 failed: no guide"
            #expect(try await harness.logs().map(\.message).first == message)
            let changes = try await harness.store.changes(after: 0, limit: 100).changes
            #expect(changes.count >= 4)
            // Due a grace after the retry, and not before.
            #expect(try await harness.store.claimDueTasks(.at(.start.after(179))).isEmpty)
            let claims = try await harness.store.claimDueTasks(.at(.start.after(180)))
            #expect(claims.map(\.withoutTrace) == [ClaimedTask(task: .t1, owner: "a", consecutiveErrors: 0, status: .pending)])
            #expect(claims.first?.trace.writtenAt == .start.after(60))
            #expect(claims.first?.trace.firstProcessingAt == nil)
        },
        ConformanceCheck("a retry leaves nothing of the result before, nor of the error") { harness in
            try await harness.register(.t1)
            _ = try await harness.apply(
                .callback(.t1, .failed, result: .graded(5), error: "page 2", id: "d1"),
                at: .start.after(1)
            )
            let failed = try #require(try await harness.store.student(of: .t1))
            #expect(failed.rawResult != nil && failed.totalScore == 5 && failed.lastError == "page 2")
            _ = try await harness.store.retry([.t1], maximumAttempts: 3, source: .manual, at: .start.after(60))
            let retried = try #require(try await harness.store.student(of: .t1))
            #expect(retried.rawResult == nil && retried.lastError == nil)
            #expect([retried.totalScore, retried.maxScore, retried.percentage] == [nil, nil, nil])
            #expect(retried.updatedAt == .start.after(60))
        },
        ConformanceCheck("a retry leaves nothing of the checks before: neither their waits nor how late they were") { harness in
            try await harness.register(.t1, .t2)
            let claims = try await harness.store.claimDueTasks(.at(.start.after(120)))
            try await harness.store.putOff([TaskPutOff(claims[0], until: .start.after(1_200))])
            _ = try await harness.apply(
                .callback(.t1, .failed, id: "d1"),
                .answer(.t2, .failed, askedAt: .start.after(120)),
                at: .start.after(121)
            )
            let late = Duration.seconds(121)
            try await harness.store.recordAnsweredCheck(
                .sample(claims[1], nextCheckAt: .start.after(200), quietChecks: 2, lateness: late),
                at: .start.after(121)
            )
            #expect(try await harness.store.task(.t2)?.learned == Learned(via: .sweep, lateness: late))
            // By a clock that was ahead: what waits for nothing but its grace is brought forward.
            let begun = try await harness.store.retry([.t1, .t2], maximumAttempts: 3, source: .manual, at: .start.after(5_000))
            #expect(begun.count == 2)
            #expect(try await harness.store.scheduleOpenTasks(at: .start.after(130)) == 2)
            _ = try await harness.apply(.answer(.t2, .failed, askedAt: .start.after(5_050)), at: .start.after(5_100))
            #expect(try await harness.store.task(.t2)?.learned == Learned(via: .sweep))
        },
        ConformanceCheck("late reports of the attempt before change nothing: numbered ones, and answers to older questions") {
            harness in
            try await harness.register(.t1, .t2)
            _ = try await harness.apply(
                .callback(.t1, .failed, attempt: 1, id: "d1"),
                .callback(.t2, .failed, id: "d2"),
                at: .start.after(1)
            )
            #expect(
                try await harness.store.retry([.t1, .t2], maximumAttempts: 2, source: .manual, at: .start.after(60)).count == 2
            )
            let late = try await harness.apply(
                .callback(.t1, .completed, result: .graded(5), attempt: 1, id: "d3"),
                .answer(.t2, .failed, askedAt: .start.after(59)),
                .callback(.t2, .failed, id: "d2"),
                at: .start.after(61)
            )
            #expect(late.map(\.disposition) == [.stale, .stale, .duplicate])
            #expect(try await harness.status(of: .t1) == .pending)
            #expect(try await harness.status(of: .t2) == .pending)
            let new = try await harness.apply(
                .callback(.t1, .completed, result: .graded(5), attempt: 2, id: "d4"),
                .callback(.t2, .failed, id: "d5"),
                at: .start.after(62)
            )
            #expect(new.map(\.disposition) == [.applied, .applied])
            // Two attempts are all that are allowed; and what has a grade has not failed.
            #expect(try await harness.store.retry([.t1, .t2], maximumAttempts: 2, source: .manual, at: .start.after(90)).isEmpty)
        },
        ConformanceCheck("a new attempt's own task id takes the place of the one that failed, which changes nothing from then on")
        {
            harness in
            try await harness.register(.t1)
            _ = try await harness.store.setPriority(9, of: .t1)
            _ = try await harness.apply(.callback(.t1, .failed, error: "no guide", id: "d1"), at: .start.after(1))
            _ = try await harness.store.retry([.t1], maximumAttempts: 3, source: .sweep, at: .start.after(60))
            let row = try #require(try await harness.store.task(.t1)?.student)
            let replaced = try await harness.store.replaceTask(.t1, by: .t2, attempt: 2, source: .sweep, at: .start.after(61))
            #expect(replaced == .replaced)
            let new = try #require(try await harness.store.task(.t2))
            #expect(new.student == row && new.attempt == 2 && new.status == .pending)
            #expect(try await harness.logs().first?.context == "reconciliation")
            let late = try await harness.apply(.callback(.t1, .completed, result: .graded(5), id: "d2"), at: .start.after(62))
            #expect(late.map(\.disposition) == [.stale])
            #expect(try await harness.logs().first?.message.contains("older attempt") == true)
            // The former id is not asked about any more; the new one is as urgent as it was.
            _ = try await harness.store.register([.sample(.t3, priority: 8)], at: .start.after(61))
            let claims = try await harness.store.claimDueTasks(.at(.start.after(400)))
            #expect(claims.map(\.task) == [.t2, .t3])
            let graded = try await harness.apply(.callback(.t2, .completed, result: .graded(5), id: "d3"), at: .start.after(401))
            #expect(graded.map(\.status) == [.completed])
        },
        ConformanceCheck("a task id is replaced only while its attempt is under way, and only by one that is nobody's") {
            harness in
            try await harness.register(.t1, .t2)
            func replace(by new: TaskID, attempt: Int) async throws -> TaskReplacement {
                try await harness.store.replaceTask(.t1, by: new, attempt: attempt, source: .manual, at: .start.after(9))
            }
            #expect(try await replace(by: .t2, attempt: 1) == .taken)
            #expect(try await replace(by: .t3, attempt: 2) == .overtaken)
            _ = try await harness.apply(.callback(.t1, .completed, result: .graded(5), id: "d1"), at: .start.after(8))
            #expect(try await replace(by: .t3, attempt: 1) == .overtaken)
            #expect(try await harness.store.replaceTask(.t3, by: .t4, attempt: 1, source: .manual, at: .start) == .overtaken)
            #expect(try await harness.store.task(.t3) == nil)
            #expect(try await harness.store.task(.t1)?.status == .completed)
        },
        ConformanceCheck("what has failed since a point in time is found, oldest failure first, unless it has had its attempts") {
            harness in
            try await harness.register(.t1, .t2, .t3, .t4)
            _ = try await harness.apply(.callback(.t1, .failed, id: "d1"), at: .start.after(1))
            _ = try await harness.apply(.callback(.t3, .failed, id: "d3"), at: .start.after(10))
            _ = try await harness.apply(
                .callback(.t2, .failed, id: "d2"),
                .callback(.t4, .completed, result: .graded(5), id: "d4"),
                at: .start.after(20)
            )
            func failed(since start: Timestamp, belowAttempt: Int = 3, limit: Int = 9) async throws -> [TaskID] {
                try await harness.store.failedTasks(since: start, belowAttempt: belowAttempt, limit: limit).map(\.snapshot.task)
            }
            #expect(try await failed(since: .start) == [.t1, .t3, .t2])
            #expect(try await failed(since: .start.after(2)) == [.t3, .t2])
            #expect(try await failed(since: .start, limit: 1) == [.t1])
            _ = try await harness.store.retry([.t1], maximumAttempts: 3, source: .sweep, at: .start.after(30))
            #expect(try await failed(since: .start) == [.t3, .t2])
            _ = try await harness.apply(.callback(.t1, .failed, id: "d5"), at: .start.after(40))
            #expect(try await failed(since: .start) == [.t3, .t2, .t1])
            #expect(try await failed(since: .start, belowAttempt: 2) == [.t3, .t2])
            let last = try await harness.store.failedTasks(since: .start, belowAttempt: 3, limit: 9).last
            #expect(last?.failedAt == .start.after(40) && last?.snapshot.attempt == 2 && last?.snapshot.session == .s1)
        },
        ConformanceCheck("a task that somebody asks about is not begun anew: the answer would be taken for the new attempt's") {
            harness in
            try await harness.register(.t1)
            _ = try await harness.apply(.callback(.t1, .failed, id: "d1"), at: .start.after(1))
            func retry(at now: Timestamp) async throws -> [TaskID: Int] {
                try await harness.store.retry([.t1], maximumAttempts: 3, source: .manual, at: now)
            }
            let claim = ClaimRequest(limit: 1, now: .start.after(2), owner: "b", leaseExpiresAt: .start.after(92))
            guard case .claimed = try await harness.store.claimTask(.t1, claim) else {
                Issue.record("not claimed")
                return
            }
            #expect(try await retry(at: .start.after(91)).isEmpty)
            #expect(try await harness.status(of: .t1) == .failed)
            #expect(try await retry(at: .start.after(92)) == [.t1: 2])
        },
    ]
}
