import GradingCore

/// What a batch's transaction has read, under the locks of the sessions that its tasks are in: it stands until the commit.
struct BatchState {
    /// What the plan is made from.
    private(set) var known = CommitState()
    /// Everybody who bears one of the batch's task ids: several may, in the web app's first generation.
    private var bearers: [(id: StudentRowID, session: SessionID, status: TaskStatus)] = []
    /// Where all others stand in the same sessions.
    private let otherPresence: QueryResult

    /// Locks the sessions of the batch's tasks, then reads. Each statement sees what was committed before it began.
    init(
        of batch: [TaskReport],
        in transaction: inout Transaction,
        _ statements: ApplyStatements
    ) throws(PostgresError) {
        let ids = Set(batch.map(\.task)).sorted().map(\.rawValue)
        let deliveryIDs = Set(batch.compactMap(\.provenance.delivery?.id)).sorted()
        let results = try transaction.run([
            statements.lockSessions(.texts(ids)), statements.tasks(.texts(ids)), statements.deliveries(.texts(deliveryIDs)),
            statements.rollUp.otherPresence(.texts(ids)),
        ])
        otherPresence = results[3]
        try take(tasks: results[1], locked: Set(results[0].rows.compactMap { $0.text(0) }))
        for row in results[2].rows {
            if let id = row.text(0), let delivery = KnownDelivery(row) { known.deliveries[id] = delivery }
        }
        try readFormerTasks(ids, in: &transaction, statements)
    }

    /// What becomes of the sessions that the plan has touched.
    func rollUps(after plan: CommitPlan) -> SessionRollUps {
        let moved = Dictionary(plan.tasks.map { ($0.state.student, $0.state.status) }) { $1 }
        var statuses: [SessionID: [TaskStatus]] = [:]
        for session in plan.touchedSessions { statuses[session] = [] }
        for bearer in bearers {
            statuses[bearer.session]?.append(moved[bearer.id] ?? bearer.status)
        }
        return SessionRollUps(otherPresence, and: statuses)
    }

    private mutating func take(tasks: QueryResult, locked: Set<String>) throws(PostgresError) {
        for row in tasks.rows {
            guard let state = TaskState(row, isSuperseded: false) else { continue }
            // The task appeared, or moved to another session, after the locks were taken.
            guard locked.contains(state.session.rawValue) else { throw .overtaken }
            bearers.append((state.student, state.session, state.status))
            if known.tasks[state.task] == nil { known.tasks[state.task] = state }
        }
    }

    /// A task id that no student bears any more is history: it is read to be told so, and never written.
    private mutating func readFormerTasks(
        _ ids: [String],
        in transaction: inout Transaction,
        _ statements: ApplyStatements
    ) throws(PostgresError) {
        let missing = ids.filter { id in TaskID(id).map { known.tasks[$0] == nil } ?? false }
        guard !missing.isEmpty else { return }
        for row in try transaction.run([statements.formerTasks(.texts(missing))])[0].rows {
            if let state = TaskState(row, isSuperseded: true) { known.tasks[state.task] = state }
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
