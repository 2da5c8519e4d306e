package import GradingCore

extension PostgresStore {
    /// Four round trips: make and lock the sessions; read; write and look at the sessions; roll them up and commit.
    package func register(_ tasks: [TaskRegistration], at now: Timestamp) async throws(StoreError) -> RegistrationOutcome {
        let (statements, applying, schedule) = (registering, applying, schedule)
        let registered = try await write { (transaction) throws(PostgresError) in
            let sessions = try tasks.ensureSessions(in: &transaction, statements, at: now)
            if let refusal = sessions.refusal { return Registered(outcome: .refused(refusal), hasChanges: false) }
            let state = try RegistrationState(for: tasks, sessions.ids, in: &transaction, statements)
            let plan = RegistrationPlan(tasks, in: state, at: now, schedule)
            // Taken: the transaction is rolled back, sessions and all.
            guard case .registered = plan.outcome else { return Registered(outcome: plan.outcome, hasChanges: false) }
            if let refusal = try plan.writes.refusal(in: &transaction, statements) {
                return Registered(outcome: .refused(refusal), hasChanges: false)
            }
            let rollUps = try plan.writes.perform(in: &transaction, statements, applying, at: now)
            try transaction.commit(rollUps.queries(applying.rollUp, at: now))
            return Registered(
                outcome: plan.outcome,
                hasChanges: !plan.writes.changes.isEmpty || rollUps.changes > 0
            )
        }
        if registered.hasChanges { signals.noteCommit() }
        return registered.outcome
    }
}

private struct Registered: Sendable {
    let outcome: RegistrationOutcome
    let hasChanges: Bool
}

private struct LockedSessions {
    let ids: Parameter
    /// Why one of them is not there and cannot be made.
    let refusal: RegistrationRefusal?
}

extension [TaskRegistration] {
    /// Makes the sessions that are not there, then locks all of them, in the order in which everyone locks sessions.
    fileprivate func ensureSessions(
        in transaction: inout Transaction,
        _ statements: RegistrationStatements,
        at now: Timestamp
    ) throws(PostgresError) -> LockedSessions {
        var seen: Set<SessionID> = []
        let sessions = map(\.session).filter { seen.insert($0.id).inserted }.sorted { $0.id < $1.id }
        let ids = Parameter.texts(sessions.map(\.id.rawValue))
        let refusal = statements.layout.sessionRefusal
        let making = refusal == nil ? statements.make(sessions, ids, at: now) : []
        let results = try transaction.run(making + [statements.lockSessions(ids)])
        let areThere = results.last?.count == sessions.count
        return LockedSessions(ids: ids, refusal: areThere ? nil : refusal)
    }
}

extension RegistrationStatements {
    fileprivate func make(_ sessions: [SessionRegistration], _ ids: Parameter, at now: Timestamp) -> [Query] {
        let owner = Parameter.text(SessionRegistration.owner)
        // Where a number need not be given, none is made up.
        let count = layout.isStudentCountRequired ? 0 : nil
        return [
            insertOwner(owner, .timestamp(now)),
            insertSessions(
                ids,
                .texts(sessions.map(\.title)),
                .texts(sessions.map { $0.subject ?? "" }),
                .texts(sessions.map { $0.examYear ?? "" }),
                .integers(sessions.map { $0.numStudents ?? count }),
                .timestamp(now),
                owner
            ),
        ]
    }
}

extension RegistrationWrites {
    /// Why the web app's tables do not take these students; `nil` when they do.
    fileprivate func refusal(
        in transaction: inout Transaction,
        _ statements: RegistrationStatements
    ) throws(PostgresError) -> RegistrationRefusal? {
        if let refusal = statements.layout.refusal(of: students) { return refusal }
        guard statements.layout.isStudentIDUnique, !students.isEmpty else { return nil }
        let taken = try transaction.run([statements.takenNumbers(.texts(students.map(\.studentID)))])[0]
        return (taken.first?.text(0)).map(RegistrationRefusal.studentIDTaken)
    }
}

// MARK: Reading

extension RegistrationState {
    fileprivate init(
        for registrations: [TaskRegistration],
        _ sessions: Parameter,
        in transaction: inout Transaction,
        _ statements: RegistrationStatements
    ) throws(PostgresError) {
        let keys = RegistrationKeys(of: registrations)
        let tasks = Parameter.texts(keys.tasks.map(\.rawValue))
        let students = Parameter.texts(keys.enrolments.map(\.studentID))
        let results = try transaction.run([
            statements.holders(tasks), statements.formerHolders(tasks), statements.waiting(sessions, students),
            statements.failed(sessions, students),
        ])
        self.init(
            holders: results[0].rows.compactMap(TaskHolder.init),
            formerHolders: results[1].rows.compactMap(TaskHolder.init),
            waiting: results[2].rows.compactMap(WaitingStudent.init),
            failed: results[3].rows.compactMap(FailedStudent.init)
        )
    }
}

extension RegistrationState {
    /// Who bears task ids, or bore them; nobody waits and nobody has failed.
    init(holders: QueryResult, formerHolders: QueryResult) {
        self.init(
            holders: holders.rows.compactMap(TaskHolder.init),
            formerHolders: formerHolders.rows.compactMap(TaskHolder.init)
        )
    }
}

extension TaskHolder {
    fileprivate init?(_ row: ResultRow) {
        guard let task = row.text(0).flatMap(TaskID.init), let student = row.text(1), let session = row.text(2) else {
            return nil
        }
        self.init(
            task: task,
            student: StudentRowID(student),
            session: SessionID(stored: session),
            name: row.text(3) ?? "",
            studentID: row.text(4)
        )
    }
}

extension Enrolment {
    fileprivate init?(session: String?, student: String?) {
        guard let session, let student else { return nil }
        self.init(session: SessionID(stored: session), studentID: student)
    }
}

extension WaitingStudent {
    fileprivate init?(_ row: ResultRow) {
        guard let id = row.text(0), let enrolment = Enrolment(session: row.text(1), student: row.text(2)) else { return nil }
        self.init(student: StudentRowID(id), enrolment: enrolment)
    }
}

extension FailedStudent {
    fileprivate init?(_ row: ResultRow) {
        guard let id = row.text(0), let enrolment = Enrolment(session: row.text(1), student: row.text(2)) else { return nil }
        self.init(
            student: StudentRowID(id),
            enrolment: enrolment,
            task: row.text(3).flatMap(TaskID.init),
            attempt: row.integer(4) ?? 1
        )
    }
}
