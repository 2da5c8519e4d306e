import GradingCore
import Synchronization

/// Looks on, and holds every step against the rules. Knows nothing of how the monitor works: only what was said to it, what it
/// wrote and what it answered.
package final class Auditor: Sendable {
    private struct State {
        var violation: Violation?
        var acknowledged: [String: TaskID] = [:]
        /// Who is asking about which task.
        var askers: [(task: TaskID, process: String)] = []
        var quietUntil: [String: Duration] = [:]
        var callbacksAcknowledged = 0
        /// Students whose rows people have changed past the monitor.
        var edited: Set<StudentRowID> = []
        /// What is committed.
        var database: ModelDatabase?
        var trace: [String]?
    }

    /// Clocks that are set differently cannot agree on when a lease ends.
    private let clocksAgree: Bool
    private let timeline: Timeline
    private let state: Mutex<State>

    package init(_ timeline: Timeline, clocksAgree: Bool, isTracing: Bool) {
        self.timeline = timeline
        self.clocksAgree = clocksAgree
        state = Mutex(State(trace: isTracing ? [] : nil))
    }

    /// The first rule that was broken.
    package var violation: Violation? { state.withLock { $0.violation } }

    /// What happened, line by line, when it is wanted.
    package var trace: [String] { state.withLock { $0.trace ?? [] } }

    var hasAcknowledgedCallbacks: Bool { state.withLock { $0.callbacksAcknowledged > 0 } }

    private var database: ModelDatabase? { state.withLock { $0.database } }

    func wasEdited(_ student: StudentRowID) -> Bool { state.withLock { $0.edited.contains(student) } }

    func report(_ rule: Violation.Rule, _ what: @autoclosure () -> String) {
        let violation = Violation(rule: rule, what: what(), at: timeline.now)
        note("BROKEN \(violation)")
        state.withLock { $0.violation = $0.violation ?? violation }
    }

    func note(_ line: @autoclosure () -> String) {
        guard state.withLock({ $0.trace != nil }) else { return }
        let text = "\(timeline.now) \(line())"
        state.withLock { $0.trace?.append(text) }
    }
}

// MARK: - Transactions

extension Auditor {
    func saw(_ transaction: Transaction) {
        let (before, after) = (transaction.before, transaction.after)
        state.withLock { $0.database = after }
        note(transaction.line)
        switch transaction.operation {
        case .claim(let request, let claimed): verify(claimed, by: request, before)
        case .endChecks(let claims): for claim in claims { verifyFence(claim, before, after) }
        case .apply(let batch, _): verify(batch, before, after)
        case .rollUpSessions: verifySessions(after.sessions.map(\.id), in: after)
        case .webApp: noteEdits(before, after)
        case .register, .retry, .other: break
        }
        verifyStudents(transaction)
        if after.deliveries.count < before.deliveries.count { verifyAcknowledged(in: after) }
    }

    private func noteEdits(_ before: ModelDatabase, _ after: ModelDatabase) {
        for (old, new) in zip(before.students, after.students) where old != new {
            state.withLock { _ = $0.edited.insert(new.row) }
        }
    }

    private func verifyStudents(_ transaction: Transaction) {
        if case .webApp = transaction.operation { return }
        var touched: Set<SessionID> = []
        for (position, new) in transaction.after.students.enumerated() {
            guard position < transaction.before.students.count else {
                touched.insert(new.session)
                continue
            }
            let old = transaction.before.students[position]
            guard old != new else { continue }
            verifyChange(from: old, to: new, by: transaction.operation)
            touched.insert(new.session)
        }
        if !touched.isEmpty { verifySessions(touched.sorted(), in: transaction.after) }
    }

    private func verifyChange(from old: ModelStudent, to new: ModelStudent, by operation: StoreOperation) {
        if old.status != new.status, !operation.mayMove(old.status, to: new.status) {
            report(.statusesGoForward, "\(new.task ?? "-"): \(old.status.rawValue) → \(new.status.rawValue)")
        }
        if let first = old.gradedAt, new.gradedAt != first {
            report(.gradedOnce, "\(new.task ?? "-") again")
        }
        if old.gradedAt == nil, new.gradedAt != nil, !new.status.hasResult {
            report(.gradedOnce, "\(new.task ?? "-") without a result")
        }
        var unchanged = old
        unchanged.updatedAt = new.updatedAt
        if unchanged == new { report(.onlyChanges, "student of \(new.task ?? "-")") }
    }

    // MARK: Sessions

    private func verifySessions(_ sessions: [SessionID], in database: ModelDatabase) {
        for session in sessions.compactMap(database.session) where session.status != .cancelled {
            let members = database.members(of: session.id)
            guard !members.isEmpty else { continue }
            let due = SessionStatus(following: members)
            if session.status != due { report(.sessionsFollow, "\(session.id) is \(session.status), its students say \(due)") }
            if (session.completedAt != nil) != (due == .completed) { report(.sessionsFollow, "\(session.id): completedAt") }
            if session.startedAt == nil, due != .pending { report(.sessionsFollow, "\(session.id): startedAt") }
        }
    }

    /// At the end, when every sweep is over.
    func verifyAllSessions(in database: ModelDatabase) { verifySessions(database.sessions.map(\.id), in: database) }
}

extension SessionStatus {
    /// Rule 6, in its own words.
    fileprivate init(following students: [ModelStudent]) {
        let hasEnded = students.map { !$0.status.isOpen }
        let isUnderWay = students.contains { $0.status == .processing && $0.task != nil }
        self =
            if students.allSatisfy({ $0.status == .failed }) { .failed } else if hasEnded.allSatisfy(\.self) {
                .completed
            } else if hasEnded.contains(true) || isUnderWay { .processing } else { .pending }
    }
}

extension StoreOperation {
    /// Which moves this kind of transaction may make.
    fileprivate func mayMove(_ old: TaskStatus, to new: TaskStatus) -> Bool {
        switch self {
        case .apply:
            switch old {
            case .pending: new != .pending && !new.isDecision
            case .processing: !new.isOpen && !new.isDecision
            case .failed: new == .completed || new == .requiresReview
            case .completed, .requiresReview, .approved, .rejected: false
            }
        case .register, .retry: old == .failed && new == .pending
        case .webApp: true
        case .claim, .endChecks, .rollUpSessions, .other: false
        }
    }
}

extension TaskStatus {
    /// Only people set it.
    fileprivate var isDecision: Bool { self == .approved || self == .rejected }
}

// MARK: - Callbacks that were acknowledged

extension Auditor {
    /// The answer 2xx leaves the monitor.
    func acknowledged(_ report: TaskReport, _ outcome: ReportOutcome) {
        guard let delivery = report.provenance.delivery, let database else { return }
        note("acknowledged \(delivery.id) for \(report.task): \(outcome.disposition.rawValue)")
        state.withLock { state in
            state.acknowledged[delivery.id] = state.acknowledged[delivery.id] ?? report.task
            state.callbacksAcknowledged += 1
        }
        guard let row = database.delivery(delivery.id) else {
            return self.report(.acknowledgedIsPresent, "\(delivery.id) is not in the ledger")
        }
        if outcome.disposition == .parked, row.disposition == .parked, row.report == nil {
            self.report(.acknowledgedIsPresent, "\(delivery.id) is parked without its report")
        }
        guard outcome.changedStatus, let status = outcome.status else { return }
        let isThere = database.changes.contains { committed in
            guard case .task(let change) = committed.change else { return false }
            return change.task == report.task && change.to == status && change.source == .callback
        }
        if !isThere { self.report(.acknowledgedIsPresent, "\(delivery.id) has not made \(report.task) \(status.rawValue)") }
    }

    func verifyAcknowledged(in database: ModelDatabase) {
        for (id, task) in state.withLock({ $0.acknowledged }) where database.delivery(id) == nil {
            report(.acknowledgedIsPresent, "\(id) for \(task) is gone")
        }
    }
}

// MARK: - Leases and questions

extension Auditor {
    private func verify(_ claimed: [ClaimedTask], by request: ClaimRequest, _ before: ModelDatabase) {
        for claim in claimed {
            guard let row = before.task(claim.task), let end = row.leaseExpiresAt, end > request.now else { continue }
            report(.leases, "\(claim.task) was given to \(request.owner) while \(row.leaseOwner ?? "-") held it")
        }
    }

    private func verifyFence(_ claim: ClaimedTask, _ before: ModelDatabase, _ after: ModelDatabase) {
        guard let row = before.task(claim.task), row.leaseOwner != claim.owner, after.task(claim.task) != row else { return }
        report(.leases, "\(claim.owner) ended a lease of \(row.leaseOwner ?? "nobody") on \(claim.task)")
    }

    func asked(about task: TaskID, by process: String, at now: Timestamp) {
        note("\(process) asks about \(task)")
        let row = database?.task(task)
        let isHeld = row?.leaseOwner.map { $0 == process || $0 == "\(process)/manual" } ?? false
        let isCurrent = row?.leaseExpiresAt.map { $0 > now } ?? false
        let (others, quietUntil) = state.withLock { state in
            defer { state.askers.append((task, process)) }
            return (state.askers.filter { $0.task == task }, state.quietUntil[process] ?? .zero)
        }
        if quietUntil > timeline.now { report(.quiet, "\(process) asks about \(task)") }
        guard clocksAgree else { return }
        if !isHeld || !isCurrent {
            let holder = row?.leaseOwner ?? "nobody"
            report(.leases, "\(process) asks about \(task), whose lease is \(holder)'s\(isCurrent ? "" : ", and over")")
        }
        if let other = others.first {
            report(.leases, "\(process) asks about \(task) while \(other.process) does")
        }
    }

    /// The grading server has done with a question.
    func served(_ task: TaskID, to process: String) {
        state.withLock { state in
            guard let position = state.askers.firstIndex(where: { $0.task == task && $0.process == process }) else { return }
            state.askers.remove(at: position)
        }
    }

    func answered(
        _ answer: Result<[UInt8], GradingServerError>,
        about task: TaskID,
        by process: String,
        isDead: Bool
    ) {
        note("\(process) is answered about \(task)\(isDead ? ", and dead" : "")")
        state.withLock { state in
            guard !isDead, case .failure(.busy(_, let quiet)) = answer else { return }
            state.quietUntil[process] = max(state.quietUntil[process] ?? .zero, timeline.now + quiet)
        }
    }

    /// Its questions no longer count.
    func died(_ process: String) {
        note("\(process) dies")
        state.withLock { $0.askers.removeAll { $0.process == process } }
    }
}
