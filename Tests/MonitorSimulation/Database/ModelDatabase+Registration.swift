import GradingCore

extension ModelDatabase {
    mutating func register(_ registrations: [TaskRegistration], at now: Timestamp) -> RegistrationOutcome {
        let state = registrationState(for: RegistrationKeys(of: registrations))
        let plan = RegistrationPlan(registrations, in: state, at: now, schedule, ids: rowIDs(at: now))
        write(plan.writes, at: now)
        for session in plan.writes.touchedSessions { rollUp(session, at: now) }
        return plan.outcome
    }

    private func registrationState(for keys: RegistrationKeys) -> RegistrationState {
        let enrolments = Set(keys.enrolments)
        var waiting: [WaitingStudent] = []
        var failed: [FailedStudent] = []
        for student in Set(keys.enrolments.map(\.session)).sorted().flatMap(members) {
            guard let number = student.studentID else { continue }
            let enrolment = Enrolment(session: student.session, studentID: number)
            guard enrolments.contains(enrolment) else { continue }
            if student.status.isOpen, student.task == nil {
                waiting.append(WaitingStudent(student: student.row, enrolment: enrolment))
            } else if student.status == .failed {
                let task = student.task.flatMap(TaskID.init)
                let attempt = task.flatMap(self.task)?.attempt ?? 1
                failed.append(FailedStudent(student: student.row, enrolment: enrolment, task: task, attempt: attempt))
            }
        }
        return RegistrationState(
            holders: keys.tasks.flatMap { task in bearers(of: task.rawValue).map { TaskHolder(task, $0) } },
            formerHolders: keys.tasks.compactMap { task in
                self.task(task).flatMap { student($0.student) }.map { TaskHolder(task, $0) }
            },
            waiting: waiting,
            failed: failed
        )
    }

    private mutating func write(_ writes: RegistrationWrites, at now: Timestamp) {
        for session in writes.sessions { add(ModelSession(id: session.id, status: .pending)) }
        for new in writes.students {
            add(
                ModelStudent(
                    new.row,
                    in: new.session,
                    name: new.name,
                    studentID: new.studentID,
                    task: new.task.rawValue,
                    createdAt: now,
                    updatedAt: now
                )
            )
        }
        for given in writes.givenTasks {
            update(given.student) { student in
                student.task = given.task.rawValue
                student.updatedAt = now
            }
        }
        for attempt in writes.attempts {
            if let former = attempt.formerTask { upsert(former, of: attempt.student) { _ in } }
            reopen(attempt.student, as: attempt.task, at: now)
        }
        for task in writes.tasks { write(task) }
        var ids = rowIDs(at: now)
        for log in writes.logs { add(log, id: ids.next(), at: now) }
        for change in writes.changes { add(.task(change), at: now) }
    }

    private mutating func write(_ new: NewTask) {
        var row = ModelTask(new.task, of: new.student)
        row.attempt = new.attempt
        row.priority =
            new.priority ?? student(new.student).flatMap { session($0.session)?.priority } ?? TaskRegistration.ordinaryPriority
        row.nextCheckAt = new.nextCheckAt
        replace(row)
    }

    private mutating func reopen(_ row: StudentRowID, as task: TaskID, at now: Timestamp) {
        update(row) { student in
            student.task = task.rawValue
            student.status = .pending
            student.updatedAt = now
            student.clearResult()
        }
    }

    // MARK: Retries

    func failedTasks(of id: SessionID) -> [TaskSnapshot]? {
        guard session(id) != nil else { return nil }
        let failed = members(of: id).filter { $0.status == .failed }.compactMap { $0.task.flatMap(TaskID.init) }
        return Set(failed).sorted().compactMap { task in
            let bearers = bearers(of: task.rawValue)
            guard bearers.allSatisfy({ $0.status == .failed }),
                let first = bearers.filter({ $0.session == id }).min(by: { $0.row.rawValue < $1.row.rawValue })
            else { return nil }
            return snapshot(of: task, failed: first)
        }
    }

    /// By the latest failure in the change feed, the oldest first.
    func failedTasks(since start: Timestamp, belowAttempt: Int, limit: Int) -> [FailedTask] {
        var failures: [TaskID: Timestamp] = [:]
        for committed in changes where committed.at >= start {
            if case .task(let change) = committed.change, change.to == .failed { failures[change.task] = committed.at }
        }
        let failed = failures.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.compactMap { task, at -> FailedTask? in
            let bearers = bearers(of: task.rawValue)
            guard let first = bearers.min(by: { $0.row.rawValue < $1.row.rawValue }),
                bearers.allSatisfy({ $0.status == .failed }), let snapshot = snapshot(of: task, failed: first)
            else { return nil }
            return snapshot.attempt < belowAttempt ? FailedTask(snapshot, failedAt: at) : nil
        }
        return Array(failed.prefix(limit))
    }

    private func snapshot(of task: TaskID, failed student: ModelStudent) -> TaskSnapshot? {
        TaskSnapshot(
            task: task,
            student: student.row,
            studentName: student.name,
            session: student.session,
            status: .failed,
            attempt: self.task(task)?.attempt ?? 1
        )
    }

    mutating func replaceTask(
        _ task: TaskID,
        by new: TaskID,
        attempt: Int,
        source: ReportSource,
        at now: Timestamp
    ) -> TaskReplacement {
        let plan = ReplacementPlan(
            state(of: task),
            attempt: attempt,
            by: new,
            priority: self.task(task)?.priority,
            in: RegistrationState(
                holders: bearers(of: new.rawValue).map { TaskHolder(new, $0) },
                formerHolders: self.task(new).flatMap { student($0.student) }.map { [TaskHolder(new, $0)] } ?? []
            ),
            source: source,
            at: now,
            schedule
        )
        write(plan.writes, at: now)
        return plan.outcome
    }

    mutating func retry(
        _ tasks: [TaskID],
        maximumAttempts: Int,
        source: ReportSource,
        at now: Timestamp
    ) -> [TaskID: Int] {
        var begun: [TaskID: Int] = [:]
        var sessions: Set<SessionID> = []
        var ids = rowIDs(at: now)
        for task in tasks {
            let (leasedUntil, error) = (self.task(task)?.leaseExpiresAt, self.task(task)?.lastError)
            guard let state = state(of: task),
                case .begin(let attempt) = RetryRule(state, leasedUntil: leasedUntil, maximum: maximumAttempts, at: now)
            else { continue }
            restart(state, as: attempt, at: now)
            add(
                LogWrite(attempt: attempt, of: maximumAttempts, after: state, lastError: error, source: source),
                id: ids.next(),
                at: now
            )
            add(.task(TaskChange(retryOf: state, source: source)), at: now)
            begun[task] = attempt
            sessions.insert(state.session)
        }
        for session in sessions.sorted() { rollUp(session, at: now) }
        return begun
    }

    private mutating func restart(_ state: TaskState, as attempt: Int, at now: Timestamp) {
        reopen(state.student, as: state.task, at: now)
        let next = schedule.nextCheck(of: .pending, signalledAt: now)
        upsert(state.task, of: state.student) { row in
            row.student = state.student
            row.attempt = attempt
            row.lastSignalAt = now
            row.nextCheckAt = next
            row.reportedAttempt = row.reportedAttempt.map { $0 + 1 }
            row.firstProcessingAt = nil
            row.consecutiveErrors = 0
            row.endLease()
            row.lastError = nil
            row.learnedVia = nil
            row.needsReview = false
            row.resultHash = nil
            row.loss = nil
            row.quietChecks = 0
            row.quietSince = nil
            row.isPutOff = false
            row.lateBy = nil
        }
    }
}

extension TaskHolder {
    fileprivate init(_ task: TaskID, _ student: ModelStudent) {
        self.init(
            task: task,
            student: student.row,
            session: student.session,
            name: student.name,
            studentID: student.studentID
        )
    }
}
