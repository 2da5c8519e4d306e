import GradingCore
import Testing

extension StoreConformance {
    static let lossChecks = [
        ConformanceCheck("a claim knows the task's past: when its row was written, seen under way, last heard of, and its mark") {
            harness in
            try await harness.register(.t1)
            _ = try await harness.apply(.callback(.t1, .processing, id: "d1"), at: .start.after(10))
            _ = try await harness.apply(.callback(.t1, .processing, id: "d2"), at: .start.after(20))
            let claim = try await harness.store.claimDueTasks(.at(.start.after(200)))[0]
            #expect(
                claim.trace
                    == TaskTrace(writtenAt: .start.after(10), firstProcessingAt: .start.after(10), lastSignalAt: .start.after(20))
            )
            let loss = Loss(evidence: .unknownTask, since: .start.after(201))
            let failure = CheckFailure(claim: claim, reason: "404", source: .sweep, nextCheckAt: .start.after(210), loss: loss)
            try await harness.store.recordFailedCheck(failure, at: .start.after(201))
            let again = try await harness.store.claimDueTasks(.at(.start.after(300)))[0]
            #expect(again.trace.loss == loss)
            try await harness.store.release([again])
            guard case .claimed(let manual) = try await harness.store.claimTask(.t1, .at(.start.after(301))) else {
                Issue.record("not claimed")
                return
            }
            #expect(manual.trace == again.trace)
        },
        ConformanceCheck("a mark stays through failures that say nothing of it, and goes with the next answer that does not") {
            harness in
            try await harness.register(.t1)
            let loss = Loss(evidence: .pendingTooLong, since: .start.after(200))
            func claim(_ seconds: Int) async throws -> ClaimedTask {
                try await harness.store.claimDueTasks(.at(.start.after(seconds)))[0]
            }
            let marking = CheckAnswer(claim: try await claim(200), source: .sweep, nextCheckAt: .start.after(210), loss: loss)
            try await harness.store.recordAnsweredCheck(marking, at: .start.after(200))
            #expect(try await harness.store.statistics().lost == 1)
            let failing = CheckFailure(
                claim: try await claim(300),
                reason: "down",
                source: .sweep,
                nextCheckAt: .start.after(310)
            )
            try await harness.store.recordFailedCheck(failing, at: .start.after(300))
            #expect(try await harness.store.statistics().lost == 1)
            let answered = CheckAnswer(claim: try await claim(400), source: .sweep, nextCheckAt: .start.after(410))
            #expect(answered.claim.trace.loss == loss)
            try await harness.store.recordAnsweredCheck(answered, at: .start.after(400))
            #expect(try await harness.store.statistics().lost == 0)
            #expect(try await claim(500).trace.loss == nil)
            let levels = try await harness.logs().map(\.level)
            #expect(levels == [.info, .error, .warning])
        },
        ConformanceCheck("a sign of life makes a mark void, and so does an end") { harness in
            try await harness.register(.t1, .t2)
            for claim in try await harness.store.claimDueTasks(.at(.start.after(200))) {
                let loss = Loss(evidence: .unknownTask, since: .start.after(200))
                let failure = CheckFailure(
                    claim: claim,
                    reason: "404",
                    source: .sweep,
                    nextCheckAt: .start.after(210),
                    loss: loss
                )
                try await harness.store.recordFailedCheck(failure, at: .start.after(200))
            }
            #expect(try await harness.store.statistics().lost == 2)
            _ = try await harness.apply(.callback(.t1, .processing, id: "d1"), at: .start.after(201))
            #expect(try await harness.store.statistics().lost == 1)
            _ = try await harness.apply(.callback(.t2, .failed, id: "d2"), at: .start.after(200))
            #expect(try await harness.store.statistics().lost == 0)
        },
        ConformanceCheck("a streak of failed checks leaves one row, and one when it is over") { harness in
            try await harness.register(.t1)
            for seconds in [200, 300, 400] {
                let claim = try await harness.store.claimDueTasks(.at(.start.after(seconds)))[0]
                let failure = CheckFailure(
                    claim: claim,
                    reason: "down",
                    source: .sweep,
                    nextCheckAt: .start.after(seconds + 30)
                )
                try await harness.store.recordFailedCheck(failure, at: .start.after(seconds))
            }
            let claim = try await harness.store.claimDueTasks(.at(.start.after(500)))[0]
            #expect(claim.consecutiveErrors == 3)
            try await harness.store.recordAnsweredCheck(.sample(claim, nextCheckAt: .start.after(600)), at: .start.after(500))
            let messages = try await harness.logs().map(\.message)
            #expect(messages == ["Task task-1: checks work again, after 3 that failed", "Task task-1: check failed: down"])
            #expect(try await harness.logs().map(\.context) == ["reconciliation", "reconciliation"])
            #expect(try await harness.store.claimDueTasks(.at(.start.after(600))).map(\.consecutiveErrors) == [0])
        },
        ConformanceCheck("the errors that a task had before it ended do not count when the web app opens it again") { harness in
            try await harness.register(.t1)
            let claim = try await harness.store.claimDueTasks(.at(.start.after(200)))[0]
            let failure = CheckFailure(claim: claim, reason: "down", source: .sweep, nextCheckAt: .start.after(230))
            try await harness.store.recordFailedCheck(failure, at: .start.after(200))
            _ = try await harness.apply(.callback(.t1, .failed, id: "d1"), at: .start.after(201))
            try await harness.webAppSets(.t1, to: .pending, at: .start.after(300))
            _ = try await harness.store.scheduleOpenTasks(at: .start.after(300))
            #expect(try await harness.store.claimDueTasks(.at(.start.after(420))).map(\.consecutiveErrors) == [0])
        },
    ]
}
