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
            let begun = try await harness.store.retry([.t1, .t2, .t3], maximumAttempts: 3, at: .start.after(60))
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
            _ = try await harness.store.retry([.t1], maximumAttempts: 3, at: .start.after(60))
            let retried = try #require(try await harness.store.student(of: .t1))
            #expect(retried.rawResult == nil && retried.lastError == nil)
            #expect([retried.totalScore, retried.maxScore, retried.percentage] == [nil, nil, nil])
            #expect(retried.updatedAt == .start.after(60))
        },
        ConformanceCheck("late reports of the attempt before change nothing: numbered ones, and answers to older questions") {
            harness in
            try await harness.register(.t1, .t2)
            _ = try await harness.apply(
                .callback(.t1, .failed, attempt: 1, id: "d1"),
                .callback(.t2, .failed, id: "d2"),
                at: .start.after(1)
            )
            #expect(try await harness.store.retry([.t1, .t2], maximumAttempts: 2, at: .start.after(60)).count == 2)
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
            #expect(try await harness.store.retry([.t1, .t2], maximumAttempts: 2, at: .start.after(90)).isEmpty)
        },
    ]
}
