import GradingCore

extension ModelDatabase {
    mutating func apply(_ batch: [TaskReport], at now: Timestamp) -> [ReportOutcome] {
        let plan = CommitPlan(batch, in: commitState(for: batch), at: now, schedule)
        if losesBatch() { return plan.outcomes }
        for delivery in plan.deliveries { write(delivery, at: now) }
        for task in plan.tasks { write(task, at: now) }
        var ids = rowIDs(at: now)
        for log in plan.logs where sabotage != .logsNothing { add(log, id: ids.next(), at: now) }
        for change in plan.changes { add(.task(change), at: now) }
        if sabotage != .rollsNothingUp {
            for session in plan.touchedSessions { rollUp(session, at: now) }
        }
        return plan.outcomes
    }

    private func commitState(for batch: [TaskReport]) -> CommitState {
        var state = CommitState()
        for report in batch {
            if let id = report.provenance.delivery?.id, sabotage != .forgetsDeliveries { state.deliveries[id] = known(id) }
            state.tasks[report.task] = self.state(of: report.task).map(sabotaged)
        }
        return state
    }

    private func known(_ id: String) -> KnownDelivery? {
        delivery(id).map {
            KnownDelivery(
                bodyHash: $0.delivery.bodyHash,
                task: $0.task,
                disposition: $0.disposition,
                hasConflict: $0.hasConflict
            )
        }
    }

    private mutating func write(_ write: DeliveryWrite, at now: Timestamp) {
        switch write {
        case .remember(let delivery, let task, let disposition):
            put(ModelDelivery(delivery: delivery, task: task, receivedAt: now, disposition: disposition))
        case .park(let delivery, let report):
            put(
                ModelDelivery(
                    delivery: delivery,
                    task: report.task,
                    receivedAt: now,
                    disposition: .parked,
                    report: report
                )
            )
        case .settle(let id, let disposition):
            updateDelivery(id) { row in
                row.disposition = disposition
                row.report = nil
            }
        case .markConflict(let id):
            updateDelivery(id) { $0.hasConflict = true }
        }
    }

    private mutating func write(_ write: TaskWrite, at now: Timestamp) {
        let state = write.state
        if let move = write.move {
            let gradedAt = sabotage == .gradesAgain && state.status.hasResult ? now : state.gradedAt
            update(state.student) { student in
                student.status = state.status
                student.gradedAt = gradedAt
                student.updatedAt = now
                guard let result = move.result else { return }
                student.totalScore = result.totalScore
                student.maxScore = result.maxScore
                student.percentage = result.percentage
                student.rawResult = String(decoding: result.raw, as: UTF8.self)
            }
        }
        upsert(state.task, of: state.student) { row in
            row.student = state.student
            row.lastSignalAt = state.lastSignalAt
            row.firstProcessingAt = state.firstProcessingAt
            row.learnedVia = state.learnedVia
            row.resultHash = state.resultHash
            row.reportedAttempt = state.reportedAttempt
            row.nextCheckAt = write.nextCheckAt
            guard let move = write.move else { return }
            row.needsReview = move.needsReview
            row.lastError = move.error
        }
    }

    // MARK: Sessions

    @discardableResult
    mutating func rollUp(_ session: SessionID, at now: Timestamp) -> Bool {
        guard let current = self.session(session)?.status else { return false }
        let next = SessionRollUp.status(of: presence(in: session), current: current)
        guard next != current else { return false }
        update(session) { row in
            row.status = next
            row.startedAt = next == .pending ? row.startedAt : row.startedAt ?? now
            row.completedAt = next == .completed ? now : nil
        }
        add(.session(SessionChange(session: session, from: current, to: next)), at: now)
        return true
    }

    mutating func rollUpSessions(at now: Timestamp) -> Int {
        let behind = sessions.filter { session in
            switch session.status {
            case .pending, .processing: true
            case .completed, .cancelled: members(of: session.id).contains { $0.status.isOpen }
            case .failed: members(of: session.id).contains { $0.status.isOpen || $0.status.hasResult }
            }
        }
        return behind.map(\.id).sorted().count { rollUp($0, at: now) }
    }

    private func presence(in session: SessionID) -> StudentPresence {
        var presence = StudentPresence(pending: false, processing: false, failed: false, graded: false)
        for student in members(of: session) {
            if student.status.isOpen, student.task == nil {
                presence.pending = true
            } else {
                presence.insert(studentWithTask: student.status)
            }
        }
        return presence
    }
}
