import Testing

@testable import GradingCore

@Suite("A task seems lost")
struct LossPolicyTests {
    static let start = Timestamp(milliseconds: 1_000_000)
    static let day = Duration.seconds(86_400)
    let policy = LossPolicy()

    static func claim(_ status: TaskStatus, errors: Int = 0, _ trace: TaskTrace) -> ClaimedTask {
        ClaimedTask(task: TaskID("t1")!, owner: "me", consecutiveErrors: errors, status: status, trace: trace)
    }

    @Test("when it is PENDING again after it was seen under way")
    func forgotten() {
        let seen = Self.claim(.processing, TaskTrace(writtenAt: Self.start, firstProcessingAt: Self.start))
        #expect(
            policy.verdictOnPending(seen, at: Self.start) == .lost(Loss(evidence: .pendingAfterProcessing, since: Self.start))
        )
        // The web app wrote PROCESSING when it handed the task in: nobody has seen it under way.
        let handedIn = Self.claim(.processing, TaskTrace(writtenAt: Self.start))
        #expect(policy.verdictOnPending(handedIn, at: Self.start) == .present)
    }

    @Test("when it waits for longer than it may, and not before")
    func waiting() {
        let waiting = Self.claim(.pending, TaskTrace(writtenAt: Self.start))
        let deadline = Self.start.advanced(by: Self.day)
        #expect(policy.verdictOnPending(waiting, at: deadline.advanced(by: .milliseconds(-1))) == .present)
        #expect(policy.verdictOnPending(waiting, at: deadline) == .lost(Loss(evidence: .pendingTooLong, since: deadline)))
        #expect(policy.verdictOnPending(Self.claim(.pending, TaskTrace()), at: deadline) == .present)
    }

    @Test("when the grading server does not know it; one that has ended is not lost")
    func unknown() {
        let open = Self.claim(.pending, TaskTrace(writtenAt: Self.start))
        #expect(
            policy.verdictOnUnknownTask(open, at: Self.start) == .lost(Loss(evidence: .unknownTask, since: Self.start))
        )
        let ended = Self.claim(.failed, TaskTrace(writtenAt: Self.start, firstProcessingAt: Self.start))
        #expect(policy.verdictOnUnknownTask(ended, at: Self.start) == .present)
        #expect(policy.verdictOnPending(ended, at: Self.start.advanced(by: Self.day * 2)) == .present)
    }

    @Test("when the grading server still tells of an attempt that a retry has replaced")
    func olderAttempt() {
        let open = Self.claim(.pending, TaskTrace(writtenAt: Self.start))
        let loss = Loss(evidence: .olderAttempt, since: Self.start)
        #expect(policy.verdictOnOlderAttempt(open, at: Self.start) == .lost(loss))
        #expect(policy.verdictOnOlderAttempt(Self.claim(.completed, TaskTrace()), at: Self.start) == .present)
    }

    @Test("and is given up a day after the first evidence, whatever the later is")
    func givenUp() {
        let loss = Loss(evidence: .unknownTask, since: Self.start)
        let trace = TaskTrace(writtenAt: Self.start, firstProcessingAt: Self.start, lastSignalAt: Self.start, loss: loss)
        let marked = Self.claim(.processing, trace)
        let end = Self.start.advanced(by: Self.day)
        #expect(policy.verdictOnPending(marked, at: end.advanced(by: .milliseconds(-1))) == .lost(loss))
        #expect(policy.verdictOnPending(marked, at: end) == .givenUp(loss))
        #expect(loss.errorText == "lost since 1970-01-01T00:16:40.000Z: the grading server does not know the task (404)")
    }

    @Test("no longer when the grading server has spoken of it since")
    func signalled() {
        let loss = Loss(evidence: .unknownTask, since: Self.start)
        let signal = Self.start.advanced(by: .milliseconds(1))
        let claim = Self.claim(.pending, TaskTrace(writtenAt: Self.start, lastSignalAt: signal, loss: loss))
        let later = Self.start.advanced(by: Self.day * 3)
        #expect(
            policy.verdictOnUnknownTask(claim, at: later) == .lost(Loss(evidence: .unknownTask, since: later))
        )
    }

    @Test("and the log hears of it once; of a streak of failures too, and of its end")
    func rows() {
        let loss = Loss(evidence: .unknownTask, since: Self.start)
        func failure(errors: Int, _ found: Loss?, marked: Loss? = nil) -> CheckRow? {
            let claim = Self.claim(.pending, errors: errors, TaskTrace(loss: marked))
            return CheckFailure(claim: claim, reason: "down", source: .sweep, nextCheckAt: Self.start, loss: found).row
        }
        func answer(errors: Int, _ found: Loss?, marked: Loss? = nil, changed: Bool = false) -> CheckRow? {
            let claim = Self.claim(.pending, errors: errors, TaskTrace(loss: marked))
            return CheckAnswer(claim: claim, source: .sweep, nextCheckAt: Self.start, changedStatus: changed, loss: found).row
        }
        #expect(failure(errors: 0, nil) == CheckRow(level: .error, message: "check failed: down"))
        #expect(failure(errors: 1, nil) == nil)
        #expect(failure(errors: 1, loss)?.level == .warning)
        #expect(failure(errors: 2, loss, marked: loss) == nil)
        #expect(answer(errors: 0, nil) == nil)
        #expect(answer(errors: 3, nil) == CheckRow(level: .info, message: "checks work again, after 3 that failed"))
        #expect(answer(errors: 3, nil, changed: true) == nil)
        #expect(answer(errors: 0, loss)?.level == .warning)
        #expect(answer(errors: 0, loss, marked: loss) == nil)
        #expect(answer(errors: 0, nil, marked: loss)?.level == .info)
    }
}
