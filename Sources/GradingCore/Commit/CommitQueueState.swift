import DequeModule

/// What the commit queue holds and what may happen next. It answers what to do and does nothing itself, so that every
/// rule of the queue is tested without a store or a task.
///
/// - `Ticket`: what each submitter waits on. Every ticket that goes in comes out exactly once: in a ``Step/commit(_:)``,
///   in a ``Step/giveUp(_:)``, in a refusal, or from ``end()``.
/// - `Waiter`: what a drain loop waits on when there is nothing to commit. There may be several loops (``Store/commitLanes``).
///
/// A batch goes out beside another only when it is at least as large as all that is under way, or of a size that is worth a
/// transaction (``CommitBounds/besideReports``): what comes back from one commit trickles in again, and a loop that took each
/// trickle at once would make many small transactions of it (on PostgreSQL with 32 senders they held 8 reports on average). A
/// loop that waited for as many as a large batch beside it holds would leave the database half idle.
///
/// Times are durations since any one moment.
struct CommitQueueState<Ticket: Sendable, Waiter: Sendable>: Sendable {
    struct Entry: Sendable {
        let report: TaskReport
        let ticket: Ticket
        /// When it was taken in.
        let since: Duration
    }

    enum Submission: Sendable {
        /// Taken in; whoever is handed out is to be woken.
        case queued(wake: Waiter?)
        case refused(CommitError)
    }

    enum Step: Sendable {
        /// One transaction: never empty, within the bounds, in the order of arrival.
        case commit([Entry])
        /// These have waited too long: never empty. They are not to be committed.
        case giveUp([Entry])
        case wait
        /// Nothing will ever come again.
        case finish
    }

    private enum Phase {
        case accepting
        case draining
        case ended
    }

    private let bounds: CommitBounds
    private var phase = Phase.accepting
    private var queue = Deque<Entry>()
    private var queuedBytes = 0
    /// Reports handed out in batches that have not come to their end.
    private var underWay = 0
    private var waiters: [Waiter] = []

    init(bounds: CommitBounds) {
        self.bounds = bounds
    }

    var count: Int { queue.count }

    mutating func submit(_ report: TaskReport, ticket: Ticket, at now: Duration) -> Submission {
        guard phase == .accepting else { return .refused(.draining) }
        guard hasRoom(for: report.cost) else { return .refused(.full) }
        queue.append(Entry(report: report, ticket: ticket, since: now))
        queuedBytes += report.cost
        return .queued(wake: isBatchDue ? waiters.popLast() : nil)
    }

    /// What a drain loop does now.
    mutating func next(at now: Duration) -> Step {
        let late = takeLate(at: now)
        if !late.isEmpty { return .giveUp(late) }
        if isBatchDue { return .commit(takeBatch()) }
        if phase == .accepting || !queue.isEmpty { return .wait }
        phase = .ended
        return .finish
    }

    /// A batch of so many reports has come to its end, well or not. Those handed out are to be woken: all while draining, since
    /// another may take what they wait for, and nothing comes after it.
    mutating func finished(_ reports: Int) -> [Waiter] {
        underWay -= reports
        guard phase == .accepting else { return takeWaiters() }
        guard isBatchDue, let waiter = waiters.popLast() else { return [] }
        return [waiter]
    }

    /// Leaves a drain loop's waiter here; hands it back when there is something to do already.
    mutating func wait(_ waiter: Waiter) -> Waiter? {
        guard !isBatchDue, phase == .accepting || !queue.isEmpty else { return waiter }
        waiters.append(waiter)
        return nil
    }

    /// From now on nothing is taken in; what is queued still commits. The waiters are to be woken.
    mutating func drain() -> [Waiter] {
        if phase == .accepting { phase = .draining }
        return takeWaiters()
    }

    /// From now on nothing is committed either: what was queued is to be refused, the waiters woken.
    mutating func end() -> (refused: [Entry], wake: [Waiter]) {
        phase = .ended
        let refused = Array(queue)
        queue = []
        queuedBytes = 0
        return (refused, takeWaiters())
    }

    private var isBatchDue: Bool { !queue.isEmpty && queue.count >= min(underWay, bounds.besideReports) }

    private func hasRoom(for cost: Int) -> Bool {
        queue.isEmpty || (queue.count < bounds.queuedReports && queuedBytes + cost <= bounds.queuedBytes)
    }

    /// Those at the front: who came first has waited longest.
    private mutating func takeLate(at now: Duration) -> [Entry] {
        let late = Array(queue.prefix { now - $0.since > bounds.patience })
        queue.removeFirst(late.count)
        queuedBytes -= late.reduce(0) { $0 + $1.report.cost }
        return late
    }

    private mutating func takeBatch() -> [Entry] {
        var batch: [Entry] = []
        batch.reserveCapacity(min(queue.count, bounds.batchReports))
        var bytes = 0
        while batch.count < bounds.batchReports, let cost = queue.first?.report.cost,
            batch.isEmpty || bytes + cost <= bounds.batchBytes, let entry = queue.popFirst()
        {
            bytes += cost
            batch.append(entry)
        }
        queuedBytes -= bytes
        underWay += batch.count
        return batch
    }

    private mutating func takeWaiters() -> [Waiter] {
        defer { waiters = [] }
        return waiters
    }
}
