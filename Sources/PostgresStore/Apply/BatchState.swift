import GradingCore

/// What a batch's transaction has read, under the locks of the sessions that its tasks are in: it stands until the commit.
struct BatchState {
    /// What the plan is made from.
    private(set) var known = CommitState()
    private(set) var locked = LockedRows()
    /// The tasks of which the monitor keeps something.
    private(set) var recorded: Set<TaskID> = []
    /// Everybody who bears one of the batch's task ids: several may, in the web app's first generation.
    private var bearers: [TaskBearer] = []
    /// Where their sessions stand.
    private var sessions: [SessionID: SessionStatus] = [:]

    /// Locks, then reads: each statement sees what was committed before it began.
    init(
        of batch: [TaskReport],
        in transaction: inout Transaction,
        _ statements: ApplyStatements
    ) throws(PostgresError) {
        let ids = Set(batch.map(\.task)).sorted()
        let tasks = Parameter.texts(ids.map(\.rawValue))
        let deliveries = Parameter.texts(Set(batch.compactMap(\.provenance.delivery?.id)).sorted())
        let results = try transaction.run([
            statements.lockBearers(tasks), statements.records(tasks), statements.deliveries(deliveries),
        ])
        known.hasReviewStatus = statements.hasReviewStatus
        take(bearers: results[0], records: results[1], statements.rollUp.words)
        for row in results[2].rows {
            if let id = row.text(0), let delivery = KnownDelivery(row) { known.deliveries[id] = delivery }
        }
        try readFormerTasks(ids.filter { known.tasks[$0] == nil }, in: &transaction, statements)
    }

    /// Where the sessions go whose students the plan has moved, in the order of their ids.
    func outlooks(after plan: CommitPlan) -> [SessionOutlook] {
        let moved = Dictionary(plan.tasks.map { ($0.state.student, $0.state.status) }) { $1 }
        let touchedSessions = plan.touchedSessions
        var touched: [SessionID: TouchedSession] = [:]
        for session in touchedSessions {
            touched[session] = sessions[session].map { TouchedSession(status: $0) }
        }
        for bearer in bearers {
            touched[bearer.session]?.bearers.append(moved[bearer.student] ?? bearer.status)
        }
        return touchedSessions.compactMap { session in touched[session].map { SessionOutlook(session, $0) } }
    }

    private mutating func take(bearers rows: QueryResult, records: QueryResult, _ words: SessionWords) {
        for row in rows.rows {
            guard let bearer = TaskBearer(row) else { continue }
            bearers.append(bearer)
            locked.insert(bearer, row)
            sessions[bearer.session] = row.text(5).flatMap(words.status)
        }
        let records = records.taskRecords
        recorded = Set(records.keys)
        known.tasks = TaskState.all(bearers, records)
    }

    /// A task id that no student bears any more is history: it is read to be told so, and never written.
    private mutating func readFormerTasks(
        _ missing: [TaskID],
        in transaction: inout Transaction,
        _ statements: ApplyStatements
    ) throws(PostgresError) {
        guard !missing.isEmpty else { return }
        let tasks = Parameter.texts(missing.map(\.rawValue))
        let results = try transaction.run([statements.sessionsOfTasks(tasks), statements.formerTasks(tasks)])
        // Somebody bears it by now: the task appeared, or moved to another session, while the locks were waited for.
        guard results[0].count == 0 else { throw .overtaken }
        for row in results[1].rows {
            if let state = TaskState(former: row) { known.tasks[state.task] = state }
        }
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
