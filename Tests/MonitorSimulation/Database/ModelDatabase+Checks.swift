import GradingCore

extension ModelDatabase {
    mutating func scheduleOpenTasks(at now: Timestamp) -> Int {
        var scheduled = 0
        var seen: Set<String> = []
        for student in students where student.status.isOpen {
            guard let task = student.task.flatMap(TaskID.init), seen.insert(task.rawValue).inserted, isUnscheduled(task, at: now)
            else { continue }
            let first = bearers(of: task.rawValue).filter(\.status.isOpen).min { $0.row.rawValue < $1.row.rawValue } ?? student
            let heard = max(self.task(task)?.lastSignalAt ?? Timestamp(milliseconds: 0), first.updatedAt)
            let next = min(heard, now).advanced(by: schedule.grace)
            let priority = self.task(task) == nil ? session(first.session)?.priority : nil
            upsert(task, of: first.row) { row in
                row.nextCheckAt = next
                row.consecutiveErrors = 0
                row.priority = priority ?? row.priority
            }
            scheduled += 1
        }
        return scheduled
    }

    private func isUnscheduled(_ task: TaskID, at now: Timestamp) -> Bool {
        guard let row = self.task(task), let next = row.nextCheckAt else { return true }
        return row.consecutiveErrors == 0 && row.quietChecks == 0 && !row.isPutOff && next > now.advanced(by: schedule.grace)
    }

    mutating func claimDueTasks(_ claim: ClaimRequest) -> [ClaimedTask] {
        while true {
            let due = dueTasks(claim)
            let claimed = due.compactMap { take($0, claim) }
            if due.isEmpty || !claimed.isEmpty { return claimed }
        }
    }

    private func dueTasks(_ claim: ClaimRequest) -> [ModelTask] {
        let due = tasks.compactMap { row -> (row: ModelTask, key: Timestamp)? in
            guard let next = row.nextCheckAt, next <= claim.now, isFree(row, at: claim.now) else { return nil }
            return (row, claim.rank.key(dueAt: next, priority: row.priority))
        }
        return due.sorted { ($0.key, $0.row.task) < ($1.key, $1.row.task) }.prefix(claim.limit).map(\.row)
    }

    private func isFree(_ row: ModelTask, at now: Timestamp) -> Bool {
        sabotage == .ignoresLeases || row.leaseExpiresAt.map { $0 <= now } ?? true
    }

    private mutating func take(_ row: ModelTask, _ claim: ClaimRequest) -> ClaimedTask? {
        guard let state = state(of: row.task), state.status.isOpen, !state.isSuperseded else {
            update(row.task) { $0.nextCheckAt = nil }
            return nil
        }
        return lease(state, claim, madeAt: student(state.student)?.createdAt)
    }

    mutating func claimTask(_ task: TaskID, _ claim: ClaimRequest) -> SingleClaim {
        guard let state = state(of: task) else { return .noSuchTask }
        if state.isSuperseded || state.status.hasResult { return .settled(state.status) }
        if let row = self.task(task), !isFree(row, at: claim.now) { return .leasedElsewhere(state.status) }
        return .claimed(lease(state, claim, madeAt: nil))
    }

    private mutating func lease(_ state: TaskState, _ claim: ClaimRequest, madeAt: Timestamp?) -> ClaimedTask {
        upsert(state.task, of: state.student) { row in
            row.student = state.student
            row.leaseOwner = claim.owner
            row.leaseExpiresAt = claim.leaseExpiresAt
            row.nextCheckAt = row.nextCheckAt ?? (state.status.isOpen ? claim.now : nil)
        }
        let row = task(state.task)
        return ClaimedTask(
            task: state.task,
            owner: claim.owner,
            consecutiveErrors: row?.consecutiveErrors ?? 0,
            quietChecks: row?.currentQuietChecks ?? 0,
            status: state.status,
            heardAt: state.lastSignalAt ?? madeAt,
            session: madeAt == nil ? nil : state.session,
            startedAt: madeAt.map { state.firstProcessingAt ?? $0 },
            trace: TaskTrace(
                writtenAt: student(state.student)?.updatedAt,
                firstProcessingAt: state.firstProcessingAt,
                lastSignalAt: state.lastSignalAt,
                loss: row?.loss
            )
        )
    }

    private func isFenced(_ claim: ClaimedTask) -> Bool {
        sabotage == .endsAnyLease || task(claim.task)?.leaseOwner == claim.owner
    }

    mutating func recordAnswered(_ answer: CheckAnswer, at now: Timestamp) {
        guard isFenced(answer.claim) else { return }
        update(answer.claim.task) { row in
            row.nextCheckAt = row.nextCheckAt.map { _ in answer.nextCheckAt }
            row.consecutiveErrors = 0
            row.loss = answer.loss
            row.quietChecks = answer.quietChecks
            row.quietSince = row.lastSignalAt
            row.lateBy = answer.lateness ?? row.lateBy
            row.isPutOff = false
            row.endLease()
        }
        add(answer.row, about: answer.claim, answer.source, at: now)
    }

    mutating func recordFailed(_ failure: CheckFailure, at now: Timestamp) {
        guard isFenced(failure.claim) else { return }
        update(failure.claim.task) { row in
            row.nextCheckAt = row.nextCheckAt.map { _ in failure.nextCheckAt }
            row.consecutiveErrors += 1
            row.lastError = failure.reason
            row.loss = failure.loss ?? row.loss
            row.endLease()
        }
        add(failure.row, about: failure.claim, failure.source, at: now)
    }

    private mutating func add(_ row: CheckRow?, about claim: ClaimedTask, _ source: ReportSource, at now: Timestamp) {
        guard let row, let state = state(of: claim.task), state.status.isOpen || state.status == claim.status else { return }
        var ids = rowIDs(at: now)
        add(LogWrite(row, of: state, source), id: ids.next(), at: now)
    }

    mutating func putOff(_ tasks: [TaskPutOff]) {
        for task in tasks where isFenced(task.claim) {
            update(task.claim.task) { row in
                row.nextCheckAt = row.nextCheckAt.map { max($0, task.until) }
                row.isPutOff = true
                row.endLease()
            }
        }
    }

    mutating func release(_ tasks: [ClaimedTask]) {
        for task in tasks where isFenced(task) { update(task.task) { $0.endLease() } }
    }

    // MARK: Priorities

    mutating func setPriority(_ priority: Int, of task: TaskID) -> Bool {
        guard let state = state(of: task), !state.isSuperseded else { return false }
        upsert(task, of: state.student) { $0.priority = priority }
        return true
    }

    mutating func setPriority(_ priority: Int, ofSession id: SessionID) -> Int? {
        guard session(id) != nil else { return nil }
        update(id) { $0.priority = priority }
        let open = Set(members(of: id).filter(\.status.isOpen).compactMap { $0.task.flatMap(TaskID.init) }).sorted()
        return open.count { task in
            guard let student = bearers(of: task.rawValue).first?.row, self.task(task)?.priority != priority else { return false }
            upsert(task, of: student) { $0.priority = priority }
            return true
        }
    }

    // MARK: Leases of instances

    mutating func acquire(_ lease: InstanceLease) -> Bool {
        if let held = leases[lease.name], held.owner != lease.owner, held.expiresAt > lease.now { return false }
        leases[lease.name] = lease
        return true
    }

    mutating func releaseLease(named name: String, owner: String) {
        if leases[name]?.owner == owner { leases[name] = nil }
    }
}
