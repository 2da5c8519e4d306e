/// What one transaction writes for a batch of reports, and what each report's sender is told.
///
/// Pure: a store reads a ``CommitState``, makes the plan, and writes it, all in one transaction. Reports are settled in
/// their order, each against what those before it have left, so a batch may hold one task or one delivery several times.
package struct CommitPlan: Sendable {
    /// One for each report, in order.
    package private(set) var outcomes: [ReportOutcome] = []
    package private(set) var deliveries: [DeliveryWrite] = []
    /// In the order in which they were first touched.
    package private(set) var tasks: [TaskWrite] = []
    package private(set) var logs: [LogWrite] = []
    package private(set) var changes: [TaskChange] = []
    /// The ids of the secrets that verified a callback in the batch.
    package private(set) var keysUsed: Set<String> = []

    private var state: CommitState
    private var positions: [TaskID: Int] = [:]
    private let now: Timestamp
    private let schedule: CheckSchedule

    package init(_ reports: [TaskReport], in state: CommitState, at now: Timestamp, _ schedule: CheckSchedule) {
        self.state = state
        self.now = now
        self.schedule = schedule
        outcomes.reserveCapacity(reports.count)
        for report in reports {
            outcomes.append(settle(report))
        }
    }

    /// The sessions whose students have changed, sorted, so that two instances lock them in the same order.
    package var touchedSessions: [SessionID] {
        Set(changes.map(\.session)).sorted()
    }

    // MARK: Deliveries

    private mutating func settle(_ report: TaskReport) -> ReportOutcome {
        guard let delivery = report.provenance.delivery else {
            return meet(report)
        }
        keysUsed.insert(delivery.keyID)
        guard let known = state.deliveries[delivery.id] else {
            return remember(delivery, of: report)
        }
        guard known.bodyHash == delivery.bodyHash, known.task == report.task else {
            return refuseOtherBody(of: delivery, report)
        }
        if known.disposition == .parked {
            return settleParked(delivery, report)
        }
        return ReportOutcome(.duplicate, status: state.tasks[report.task]?.status)
    }

    private mutating func remember(_ delivery: Delivery, of report: TaskReport) -> ReportOutcome {
        let outcome = meet(report)
        state.deliveries[delivery.id] = KnownDelivery(
            bodyHash: delivery.bodyHash,
            task: report.task,
            disposition: outcome.disposition
        )
        deliveries.append(
            outcome.disposition == .parked
                ? .park(delivery, report: report)
                : .remember(delivery, task: report.task, disposition: outcome.disposition)
        )
        return outcome
    }

    private mutating func settleParked(_ delivery: Delivery, _ report: TaskReport) -> ReportOutcome {
        let outcome = meet(report)
        if outcome.disposition != .parked {
            state.deliveries[delivery.id]?.disposition = outcome.disposition
            deliveries.append(.settle(id: delivery.id, disposition: outcome.disposition))
        }
        return outcome
    }

    /// The first body under an id is kept. Only the first such attempt leaves a row in the log, however often it is repeated.
    private mutating func refuseOtherBody(of delivery: Delivery, _ report: TaskReport) -> ReportOutcome {
        let task = state.tasks[report.task]
        if state.deliveries[delivery.id]?.hasConflict == false {
            state.deliveries[delivery.id]?.hasConflict = true
            deliveries.append(.markConflict(id: delivery.id))
            if let task {
                log(.warning, "A known delivery id came again with another body; the first one is kept", task, report)
            }
        }
        return ReportOutcome(.conflict, status: task?.status)
    }

    // MARK: Tasks

    private mutating func meet(_ report: TaskReport) -> ReportOutcome {
        guard let task = state.tasks[report.task] else {
            return ReportOutcome(.parked, status: nil)
        }
        switch Transition(task, meeting: report) {
        case .move(let target):
            let stored = target.stored(hasReviewStatus: state.hasReviewStatus)
            move(task, to: stored, needsReview: target == .requiresReview, by: report)
            return ReportOutcome(.applied, status: stored, changedStatus: true)
        case .signal:
            note(report, on: task)
            return ReportOutcome(.applied, status: task.status)
        case .duplicate:
            return ReportOutcome(.duplicate, status: task.status)
        case .stale:
            return ReportOutcome(.stale, status: task.status)
        case .olderAttempt:
            // A sweep would say so again with each question: there it is evidence of loss instead, which is told once.
            if report.provenance.source != .sweep {
                log(.warning, "A report of an older attempt (\(report.word)) changes nothing", task, report)
            }
            return ReportOutcome(.stale, status: task.status, isOfOlderAttempt: true)
        case .conflict:
            log(.warning, "A second, different ending (\(report.word)) was refused; \(task.status.rawValue) stands", task, report)
            return ReportOutcome(.conflict, status: task.status)
        }
    }

    private mutating func move(_ task: TaskState, to target: TaskStatus, needsReview: Bool, by report: TaskReport) {
        var moved = task
        moved.status = target
        moved.lastSignalAt = now
        moved.learnedVia = report.provenance.source
        moved.reportedAttempt = report.attempt ?? task.reportedAttempt
        if target == .processing {
            moved.firstProcessingAt = task.firstProcessingAt ?? now
        }
        if target.hasResult {
            moved.gradedAt = task.gradedAt ?? now
            moved.resultHash = report.resultHash
        }
        let move = TaskMove(word: report.word, result: report.result, error: report.error, needsReview: needsReview)
        write(moved, move)
        logMove(of: task, to: target, needsReview: needsReview, by: report)
        changes.append(
            TaskChange(
                task: task.task,
                student: task.student,
                session: task.session,
                from: task.status,
                to: target,
                source: report.provenance.source
            )
        )
    }

    private mutating func note(_ report: TaskReport, on task: TaskState) {
        var signalled = task
        signalled.lastSignalAt = now
        signalled.reportedAttempt = report.attempt ?? task.reportedAttempt
        write(signalled, nil)
    }

    /// Whatever is written of a task, the grading server has just spoken of it.
    private mutating func write(_ task: TaskState, _ move: TaskMove?) {
        state.tasks[task.task] = task
        let nextCheckAt = schedule.nextCheck(of: task.status, signalledAt: now)
        if let position = positions[task.task] {
            tasks[position].state = task
            tasks[position].nextCheckAt = nextCheckAt
            tasks[position].move = move ?? tasks[position].move
        } else {
            positions[task.task] = tasks.count
            tasks.append(TaskWrite(state: task, nextCheckAt: nextCheckAt, move: move))
        }
    }

    // MARK: Log

    private mutating func logMove(of task: TaskState, to target: TaskStatus, needsReview: Bool, by report: TaskReport) {
        let change = "\(task.status.rawValue) → \(target.rawValue)"
        let reason = target == .failed ? report.error ?? "no reason given" : report.reviewReason
        let level = needsReview ? LogLevel.warning : target.logLevel
        log(level, [change, reason].compactMap(\.self).joined(separator: ": "), task, report)
    }

    private mutating func log(_ level: LogLevel, _ message: String, _ task: TaskState, _ report: TaskReport) {
        logs.append(
            LogWrite(
                session: task.session,
                student: task.student,
                level: level,
                message: "Task \(task.task): \(message)",
                source: report.provenance.source
            )
        )
    }
}

extension TaskStatus {
    /// The level of the log row that tells of a move to this status.
    fileprivate var logLevel: LogLevel {
        switch self {
        case .completed, .approved: .success
        case .failed: .error
        case .requiresReview: .warning
        case .pending, .processing, .rejected: .info
        }
    }
}
