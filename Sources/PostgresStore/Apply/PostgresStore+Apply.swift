package import GradingCore

extension PostgresStore {
    package func apply(_ batch: [TaskReport], at now: Timestamp) async throws(StoreError) -> [ReportOutcome] {
        let work = BatchCommit(batch: batch, now: now, statements: applying, keyUses: keyUses, held: heldSessions)
        let applied = try await writer.perform { (session, deadline) throws(PostgresError) in
            try work.run(on: session, until: deadline)
        }
        keyUses.noted(applied.keys, at: now)
        if applied.hasChanges { signals.noteCommit() }
        return applied.outcomes
    }
}

/// One batch, from the locks to the commit.
private struct BatchCommit: Sendable {
    let batch: [TaskReport]
    let now: Timestamp
    let statements: ApplyStatements
    let keyUses: KeyUses
    let held: HeldSessions

    func run(on session: Session, until deadline: Deadline) throws(PostgresError) -> Applied {
        try passOverHeldSessions(on: session, until: deadline)
        do throws(PostgresError) {
            return try session.transaction(until: deadline) { (transaction) throws(PostgresError) in
                try commit(in: &transaction)
            }
        } catch {
            guard error.isLockTimeout else { throw error }
            let probe = try LockProbe(batch, on: session, statements, until: deadline)
            held.note(held: probe.heldSessions, free: probe.freeSessions)
            // Let go in the meantime: there may be time for another try.
            throw probe.tasks.isEmpty ? .overtaken : .busy(probe.tasks)
        }
    }

    /// Three round trips: lock and read; write and look at the sessions; roll them up and commit.
    private func commit(in transaction: inout Transaction) throws(PostgresError) -> Applied {
        let state = try CommitState(for: batch, in: &transaction, statements)
        let plan = CommitPlan(batch, in: state, at: now)
        let keys = keyUses.due(plan.keysUsed, at: now)
        try plan.commit(in: &transaction, statements, noting: keys, at: now)
        return Applied(outcomes: plan.outcomes, hasChanges: !plan.changes.isEmpty, keys: keys)
    }

    /// Sessions that were waited for in vain before are not waited for again.
    private func passOverHeldSessions(on session: Session, until deadline: Deadline) throws(PostgresError) {
        let known = held.known
        guard !known.isEmpty else { return }
        let probe = try LockProbe(batch, on: session, statements, until: deadline)
        let stillHeld = known.intersection(probe.heldSessions)
        held.note(held: stillHeld, free: probe.freeSessions)
        let tasks = probe.tasks(in: stillHeld)
        if !tasks.isEmpty { throw .busy(tasks) }
    }
}

private struct Applied: Sendable {
    let outcomes: [ReportOutcome]
    let hasChanges: Bool
    let keys: [String]
}

// MARK: Reading

extension CommitState {
    /// Locks the sessions of the batch's tasks, then reads what is known of its tasks and deliveries. Each statement sees what was
    /// committed before it began, so what is read under the locks is what stands until the commit.
    fileprivate init(
        for batch: [TaskReport],
        in transaction: inout Transaction,
        _ statements: ApplyStatements
    ) throws(PostgresError) {
        self.init()
        let ids = Set(batch.map(\.task)).sorted().map(\.rawValue)
        let deliveryIDs = Set(batch.compactMap(\.provenance.delivery?.id)).sorted()
        let results = try transaction.run([
            statements.lockSessions(.texts(ids)), statements.tasks(.texts(ids)), statements.deliveries(.texts(deliveryIDs)),
        ])
        let locked = Set(results[0].rows.compactMap { $0.text(0) })
        for row in results[1].rows {
            guard let state = TaskState(row, isSuperseded: false), tasks[state.task] == nil else { continue }
            // The task appeared, or moved to another session, after the locks were taken.
            guard locked.contains(state.session.rawValue) else { throw .overtaken }
            tasks[state.task] = state
        }
        for row in results[2].rows {
            if let id = row.text(0), let delivery = KnownDelivery(row) { deliveries[id] = delivery }
        }
        try readFormerTasks(ids, in: &transaction, statements)
    }

    /// A task id that no student bears any more is history: it is read to be told so, and never written.
    private mutating func readFormerTasks(
        _ ids: [String],
        in transaction: inout Transaction,
        _ statements: ApplyStatements
    ) throws(PostgresError) {
        let missing = ids.filter { id in TaskID(id).map { tasks[$0] == nil } ?? false }
        guard !missing.isEmpty else { return }
        for row in try transaction.run([statements.formerTasks(.texts(missing))])[0].rows {
            if let state = TaskState(row, isSuperseded: true) { tasks[state.task] = state }
        }
    }
}

extension TaskState {
    /// - Parameter row: of ``ApplyStatements/tasks`` or ``ApplyStatements/formerTasks``.
    init?(_ row: ResultRow, isSuperseded: Bool) {
        guard let task = row.text(0).flatMap(TaskID.init), let student = row.text(1), let session = row.text(2),
            let status = row.text(3).flatMap(TaskStatus.init)
        else { return nil }
        self.init(
            task: task,
            student: StudentRowID(student),
            session: SessionID(stored: session),
            status: status,
            attempt: row.integer(5) ?? 1,
            reportedAttempt: row.integer(10),
            isSuperseded: isSuperseded,
            resultHash: row.bytes(6),
            lastSignalAt: row.timestamp(7),
            firstProcessingAt: row.timestamp(8),
            gradedAt: row.timestamp(4),
            learnedVia: row.text(9).flatMap(ReportSource.init)
        )
    }
}

extension KnownDelivery {
    fileprivate init?(_ row: ResultRow) {
        guard let task = row.text(2).flatMap(TaskID.init), let disposition = row.text(3).flatMap(Disposition.init) else {
            return nil
        }
        self.init(bodyHash: row.bytes(1) ?? [], task: task, disposition: disposition, hasConflict: row.flag(4))
    }
}
