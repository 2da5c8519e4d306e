import DequeModule

/// Where a sweep stands and what it does next. It answers and does nothing itself, so that its bounds are tested without
/// a database, a grading server or a task.
struct SweepProgress: Sendable {
    enum Step: Sendable, Equatable {
        /// Lease more tasks while the questions go on, then say so with ``claimed(_:putOff:askBefore:)`` or ``claimFailed(_:)``.
        case claim
        /// Send the question; then ``answered()``.
        case ask(ClaimedTask)
        /// Something must end first.
        case wait
        case finish
    }

    private struct Claim: Sendable {
        let task: ClaimedTask
        let askBefore: Timestamp
    }

    private(set) var asked = 0
    private(set) var updated = 0
    private(set) var errors = 0
    /// Leased, but not asked about: to be released.
    private(set) var unasked: [ClaimedTask] = []
    /// Why the sweep ended before its time; `nil` when it did not.
    private(set) var storeFailure: StoreError?
    /// Whether it ended because its time was up, and not because nothing was due any more.
    private(set) var isCutShort = false

    /// Whether the way to the grading server lets one question through at a time.
    var isNarrow = false

    private let mostInFlight: Int
    private var waiting = Deque<Claim>()
    /// Those whose last check failed: they may hang again, so that they take up one question at a time.
    private var suspects = Deque<Claim>()
    /// Until when each task that was claimed may be asked about.
    private var deadlines: [TaskID: Timestamp] = [:]
    private var inFlight = 0
    private var suspectsInFlight = 0
    private var settling = 0
    private var isClaiming = false
    private var mayClaim = true
    private var isStopped = false

    init(maxInFlight: Int) {
        mostInFlight = max(1, maxInFlight)
    }

    private var maxInFlight: Int { isNarrow ? 1 : mostInFlight }

    /// How many answers may wait for their commit, or as many as may be in flight: a slow database slows the questions down.
    ///
    /// Many more than come in while one commit is flushed: they go into the next one together, and a checkpoint of the database, which
    /// takes as long as some tens of answers, holds up no question.
    static let leastSettling = 64

    private var mostSettling: Int { max(Self.leastSettling, mostInFlight) }

    /// A slow database is not asked for more tasks either.
    private var keepsUp: Bool { settling < mostSettling }

    private var mayAsk: Bool { inFlight < maxInFlight && keepsUp }

    mutating func next(now: Timestamp) -> Step {
        if mayAsk, let task = nextTask(now: now) {
            inFlight += 1
            if task.isSuspect { suspectsInFlight += 1 }
            return .ask(task)
        }
        if mayClaim, !isClaiming, keepsUp, isRunningLow {
            isClaiming = true
            return .claim
        }
        return inFlight + settling > 0 || isClaiming ? .wait : .finish
    }

    /// Whether the next claim is to be under way: two rounds of questions ahead, so that none is held up by it. Not earlier, since
    /// what becomes due meanwhile may be more urgent; and where one question finds out, only when it has an answer.
    private var isRunningLow: Bool {
        isNarrow ? mayAsk && waiting.isEmpty : waiting.count < 2 * mostInFlight
    }

    /// The end of a claim.
    /// - Parameters:
    ///   - putOff: how many more were claimed, and are to be asked about later.
    ///   - askBefore: a question sent later than this could outlive the lease.
    mutating func claimed(_ tasks: [ClaimedTask], putOff: Int = 0, askBefore: Timestamp) {
        isClaiming = false
        guard !isStopped else { return unasked += tasks }
        var fresh: [ClaimedTask] = []
        for task in tasks {
            if deadlines[task.task] == nil { fresh.append(task) } else { unasked.append(task) }
            deadlines[task.task] = deadlines[task.task] ?? askBefore
        }
        // Nothing due, or only what this sweep has asked about already: going on would run in circles.
        if fresh.isEmpty, putOff == 0 { mayClaim = false }
        for task in fresh {
            let claim = Claim(task: task, askBefore: askBefore)
            if task.isSuspect { suspects.append(claim) } else { waiting.append(claim) }
        }
    }

    /// A question has come to its end: with an answer, which is settled next, or without because the sweep was cancelled.
    mutating func answered(_ task: ClaimedTask, settling hasAnswer: Bool) {
        inFlight -= 1
        if task.isSuspect { suspectsInFlight -= 1 }
        if hasAnswer { settling += 1 } else { stop() }
    }

    /// A question was not sent: the grading server is to be left alone.
    mutating func refused(_ task: ClaimedTask) {
        inFlight -= 1
        if task.isSuspect { suspectsInFlight -= 1 }
        unasked.append(task)
        stop()
    }

    /// When the question about a claimed task has to be under way: one that is sent later could outlive the lease.
    func deadline(of task: TaskID) -> Timestamp { deadlines[task] ?? Timestamp(milliseconds: 0) }

    /// A question was not sent: its turn came after the deadline.
    mutating func missed(_ task: ClaimedTask) {
        inFlight -= 1
        if task.isSuspect { suspectsInFlight -= 1 }
        unasked.append(task)
    }

    mutating func settled(_ settlement: StatusCheck.Settlement) {
        settling -= 1
        switch settlement.verdict {
        case .committed(let outcome):
            asked += 1
            if outcome.changedStatus { updated += 1 }
        case .failed:
            asked += 1
            errors += 1
        case .interrupted:
            stop()
        }
        if let failure = settlement.storeFailure { storeFailed(failure) }
    }

    mutating func claimFailed(_ error: StoreError) {
        isClaiming = false
        storeFailed(error)
    }

    mutating func storeFailed(_ error: StoreError) {
        if storeFailure == nil { storeFailure = error }
        stop()
    }

    /// The sweep's time is up: the rest is for the next one.
    mutating func cutShort() {
        guard !isStopped else { return }
        isCutShort = mayClaim || !waiting.isEmpty || !suspects.isEmpty
        stop()
    }

    /// No more questions; what is in flight comes to its end, and what is still claimed is released.
    mutating func stop() {
        isStopped = true
        mayClaim = false
        unasked += (waiting + suspects).map(\.task)
        waiting.removeAll()
        suspects.removeAll()
    }

    /// A suspect when it may go, so that it is asked about at all; where there is but one way, the others go first.
    private mutating func nextTask(now: Timestamp) -> ClaimedTask? {
        if maySuspectGo, let task = Self.first(of: &suspects, now: now, unasked: &unasked) { return task }
        return Self.first(of: &waiting, now: now, unasked: &unasked)
    }

    private var maySuspectGo: Bool {
        guard suspectsInFlight == 0 else { return false }
        return maxInFlight > 1 || (waiting.isEmpty && !mayClaim)
    }

    private static func first(of claims: inout Deque<Claim>, now: Timestamp, unasked: inout [ClaimedTask]) -> ClaimedTask? {
        while let claim = claims.popFirst() {
            if now < claim.askBefore { return claim.task }
            unasked.append(claim.task)
        }
        return nil
    }
}

extension ClaimedTask {
    /// Whether its last check failed.
    fileprivate var isSuspect: Bool { consecutiveErrors > 0 }
}
