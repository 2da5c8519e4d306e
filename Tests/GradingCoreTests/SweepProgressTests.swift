import Testing

@testable import GradingCore

@Suite("What a sweep does next")
struct SweepProgressTests {
    static let now = Timestamp(milliseconds: 1_000)
    static let later = Timestamp(milliseconds: 46_000)

    static func claims(_ numbers: ClosedRange<Int>) -> [ClaimedTask] {
        numbers.map { ClaimedTask(task: TaskID("t\($0)")!, owner: "me", consecutiveErrors: 0, status: .pending) }
    }

    /// What it does until it waits or ends.
    static func steps(_ progress: inout SweepProgress) -> [SweepProgress.Step] {
        var steps: [SweepProgress.Step] = []
        while steps.last != .wait, steps.last != .finish, steps.last != .claim {
            steps.append(progress.next(now: now))
        }
        return steps
    }

    static let committed = StatusCheck.Settlement(
        claim: claims(1...1)[0],
        verdict: .committed(ReportOutcome(.applied, status: .completed, changedStatus: true))
    )

    @Test("no more questions in flight than allowed, each answer making room for one")
    func inFlight() {
        var progress = SweepProgress(maxInFlight: 2)
        let claims = Self.claims(1...9)
        #expect(Self.steps(&progress) == [.claim])
        progress.claimed(claims, askBefore: Self.later)
        #expect(Self.steps(&progress) == [.ask(claims[0]), .ask(claims[1]), .wait])
        progress.answered(claims[0], settling: true)
        #expect(Self.steps(&progress) == [.ask(claims[2]), .wait])
    }

    @Test("answers that wait for their commit hold the questions back, though not a few of them", arguments: [1, 4, 100])
    func settling(maxInFlight: Int) {
        var progress = SweepProgress(maxInFlight: maxInFlight)
        let most = max(SweepProgress.leastSettling, maxInFlight)
        let claims = Self.claims(1...most + 2)
        progress.claimed(claims, askBefore: Self.later)
        for claim in claims.prefix(most) {
            #expect(progress.next(now: Self.now) == .ask(claim))
            progress.answered(claim, settling: true)
        }
        #expect(Self.steps(&progress) == [.wait])
        progress.settled(Self.committed)
        #expect(progress.next(now: Self.now) == .ask(claims[most]))
    }

    @Test("it claims on as long as something is due, and then ends")
    func claims() {
        var progress = SweepProgress(maxInFlight: 4)
        let claims = Self.claims(1...1)
        progress.claimed(claims, askBefore: Self.later)
        #expect(Self.steps(&progress) == [.ask(claims[0]), .claim])
        progress.claimed([], askBefore: Self.later)
        #expect(Self.steps(&progress) == [.wait])
        progress.answered(claims[0], settling: true)
        progress.settled(Self.committed)
        #expect(Self.steps(&progress) == [.finish])
        #expect(progress.asked == 1)
        #expect(progress.updated == 1)
    }

    @Test("it claims again two rounds of questions ahead, once at a time, and asks meanwhile")
    func claimsAhead() {
        var progress = SweepProgress(maxInFlight: 2)
        let claims = Self.claims(1...9)
        progress.claimed(Array(claims[..<6]), askBefore: Self.later)
        #expect(Self.steps(&progress) == [.ask(claims[0]), .ask(claims[1]), .wait])
        progress.answered(claims[0], settling: true)
        progress.settled(Self.committed)
        #expect(Self.steps(&progress) == [.ask(claims[2]), .claim])
        #expect(Self.steps(&progress) == [.wait])
        progress.answered(claims[1], settling: true)
        progress.settled(Self.committed)
        #expect(Self.steps(&progress) == [.ask(claims[3]), .wait])
        progress.claimed(Array(claims[6...]), askBefore: Self.later)
        #expect(Self.steps(&progress) == [.wait])
    }

    @Test("where one question finds out, nothing more is claimed before it has an answer")
    func claimsWhenNarrow() {
        var progress = SweepProgress(maxInFlight: 4)
        progress.isNarrow = true
        let claims = Self.claims(1...1)
        progress.claimed(claims, askBefore: Self.later)
        #expect(Self.steps(&progress) == [.ask(claims[0]), .wait])
        progress.answered(claims[0], settling: true)
        #expect(Self.steps(&progress) == [.claim])
    }

    @Test("a claim of which all are put off is followed by another")
    func allPutOff() {
        var progress = SweepProgress(maxInFlight: 4)
        #expect(Self.steps(&progress) == [.claim])
        progress.claimed([], putOff: 10, askBefore: Self.later)
        #expect(Self.steps(&progress) == [.claim])
        progress.claimed([], askBefore: Self.later)
        #expect(Self.steps(&progress) == [.finish])
    }

    @Test("what a claim brings after the end is not asked about, and is waited for to be released")
    func claimAtTheEnd() {
        var progress = SweepProgress(maxInFlight: 4)
        #expect(Self.steps(&progress) == [.claim])
        progress.stop()
        #expect(Self.steps(&progress) == [.wait])
        progress.claimed(Self.claims(1...2), askBefore: Self.later)
        #expect(Self.steps(&progress) == [.finish])
        #expect(progress.unasked == Self.claims(1...2))
    }

    @Test("a claim that fails ends the sweep")
    func claimFails() {
        var progress = SweepProgress(maxInFlight: 4)
        #expect(Self.steps(&progress) == [.claim])
        progress.claimFailed(.unavailable("down"))
        #expect(Self.steps(&progress) == [.finish])
        #expect(progress.storeFailure == .unavailable("down"))
    }

    @Test("it says that its time was up where something may be due yet")
    func cutShort() {
        var waiting = SweepProgress(maxInFlight: 1)
        waiting.claimed(Self.claims(1...2), askBefore: Self.later)
        waiting.claimed([], askBefore: Self.later)
        waiting.cutShort()
        #expect(waiting.isCutShort)
        #expect(waiting.unasked.count == 2)

        var claiming = SweepProgress(maxInFlight: 1)
        #expect(claiming.next(now: Self.now) == .claim)
        claiming.cutShort()
        #expect(claiming.isCutShort)

        var done = SweepProgress(maxInFlight: 1)
        done.claimed([], askBefore: Self.later)
        done.cutShort()
        #expect(!done.isCutShort)

        var stopped = SweepProgress(maxInFlight: 1)
        stopped.stop()
        stopped.cutShort()
        #expect(!stopped.isCutShort)
    }

    @Test("a task is asked about once in a sweep, whatever is claimed")
    func once() {
        var progress = SweepProgress(maxInFlight: 4)
        let claims = Self.claims(1...2)
        progress.claimed(claims, askBefore: Self.later)
        progress.claimed(claims, askBefore: Self.later)
        #expect(Self.steps(&progress) == [.ask(claims[0]), .ask(claims[1]), .wait])
        #expect(progress.unasked == claims)
    }

    @Test("a task whose lease may not last for the answer is left alone")
    func leaseTooShort() {
        var progress = SweepProgress(maxInFlight: 4)
        progress.claimed(Self.claims(1...2), askBefore: Self.now)
        #expect(Self.steps(&progress) == [.claim])
    }

    @Test("stopping asks no more and waits for what is in flight")
    func stopping() {
        var progress = SweepProgress(maxInFlight: 1)
        let claims = Self.claims(1...3)
        progress.claimed(claims, askBefore: Self.later)
        #expect(Self.steps(&progress) == [.ask(claims[0]), .wait])
        progress.stop()
        #expect(Self.steps(&progress) == [.wait])
        progress.answered(claims[0], settling: true)
        #expect(Self.steps(&progress) == [.wait])
        progress.settled(Self.committed)
        #expect(Self.steps(&progress) == [.finish])
    }

    @Test("a database that does not serve ends the sweep; failed checks alone do not")
    func failures() {
        var progress = SweepProgress(maxInFlight: 1)
        let claims = Self.claims(1...3)
        progress.claimed(claims, askBefore: Self.later)
        #expect(progress.next(now: Self.now) == .ask(claims[0]))
        progress.answered(claims[0], settling: true)
        progress.settled(StatusCheck.Settlement(claim: claims[0], verdict: .failed(reason: "late")))
        #expect(progress.next(now: Self.now) == .ask(claims[1]))
        progress.answered(claims[0], settling: true)
        progress.settled(
            StatusCheck.Settlement(claim: claims[0], verdict: .failed(reason: "late"), storeFailure: .unavailable("down"))
        )
        #expect(progress.next(now: Self.now) == .finish)
        #expect(progress.errors == 2)
        #expect(progress.storeFailure == .unavailable("down"))
    }
}
