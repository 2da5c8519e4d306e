package import GradingCore

extension PostgresStore {
    package func apply(_ batch: [TaskReport], at now: Timestamp) async throws(StoreError) -> [ReportOutcome] {
        let work = BatchCommit(
            batch: batch,
            now: now,
            schedule: schedule,
            statements: applying,
            keyUses: keyUses,
            held: heldSessions
        )
        let applied = try await writers.perform { (session, deadline) throws(PostgresError) in
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
    let schedule: CheckSchedule
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

    /// Two round trips: lock and read; write and commit.
    private func commit(in transaction: inout Transaction) throws(PostgresError) -> Applied {
        let state = try BatchState(of: batch, in: &transaction, statements)
        let plan = CommitPlan(batch, in: state.known, at: now, schedule)
        let keys = keyUses.due(plan.keysUsed, at: now)
        let outlooks = state.outlooks(after: plan)
        try transaction.commit(
            plan.queries(statements, recorded: state.recorded, locked: state.locked, noting: keys, at: now)
                + (outlooks.isEmpty ? [] : [statements.rollUp.settle(outlooks, at: now)])
        )
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
