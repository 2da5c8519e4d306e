import GradingCore

/// What the web app and people do.
extension World {
    func scheduleWork() {
        for number in 0..<scenario.sessions {
            guard let session = SessionID("s\(number)") else { continue }
            let size = timeline.draw { $0.number(scenario.tasksInSession) }
            for student in 0..<size { scheduleTask("s\(number)t\(student)", in: session) }
        }
        let people = scenario.people
        for _ in 0..<people.checks { at(anyTime) { [self] in checkSomeTask() } }
        for _ in 0..<people.sweeps { at(anyTime) { [self] in sweep() } }
        for _ in 0..<people.retries { at(anyTime) { [self] in retrySomeSession() } }
        for _ in 0..<people.resubmissions { at(anyTime) { [self] in resubmitSomeStudent() } }
        for _ in 0..<people.edits { at(anyTime) { [self] in editSomeRow() } }
    }

    private func scheduleTask(_ name: String, in session: SessionID) {
        guard let task = TaskID(name) else { return }
        let (begin, head) = timeline.draw { random in
            let begin = random.duration(.seconds(1)...(scenario.chaos * 0.6))
            return (
                begin,
                random.happens(scenario.people.registersLate) ? random.duration(.zero - .seconds(90)...(.zero)) : .seconds(1)
            )
        }
        at(begin) { [self] in server.begin(task, in: session, studentID: "n-\(name)", at: timeline.now) }
        at(begin - head) { [self] in register(task, in: session, studentID: "n-\(name)") }
    }

    // MARK: Registration

    /// Until it succeeds; now and then once more.
    private func register(_ task: TaskID, in session: SessionID, studentID: String) {
        let registration = TaskRegistration(
            task: task,
            studentName: "Student \(studentID)",
            studentID: studentID,
            priority: timeline.draw { $0.happens(0.3) ? $0.number(0...9) : nil },
            session: SessionRegistration(id: session, title: nil, subject: nil, examYear: nil, numStudents: nil)
        )
        register(registration)
        if timeline.draw({ $0.happens(0.2) }) {
            at(anyTime) { [self] in if timeline.now > .seconds(1) { register(registration) } }
        }
    }

    private func register(_ registration: TaskRegistration) {
        let again: @Sendable () -> Void = { [self] in
            timeline.after(.seconds(10)) { [self] in register(registration) }
        }
        guard let process = processes.any else { return again() }
        process.perform("registration") { process in
            let isDone = (try? await process.store.register([registration], at: process.state.now)) != nil
            if process.state.isDead || !isDone { return again() }
            _ = try? await process.reconciler.applyParked()
        }
    }

    /// A failed student under a new task id.
    private func resubmitSomeStudent() {
        let failed = store.committed.students.filter { $0.status == .failed && $0.studentID != nil }
        guard let student = timeline.draw({ $0.pick(failed) }), let number = student.studentID,
            let task = TaskID("\(student.task ?? "x")r"), server.task(task) == nil
        else { return }
        server.begin(task, in: student.session, studentID: number, at: timeline.now)
        register(task, in: student.session, studentID: number)
    }

    // MARK: Checks, sweeps, retries

    private func checkSomeTask() {
        let tasks = server.all.map(\.id)
        guard let task = timeline.draw({ $0.pick(tasks) }) else { return }
        processes.any?.perform("check") { _ = try? await $0.reconciler.check(task) }
    }

    private func sweep() {
        processes.any?.perform("sweep") { _ = try? await $0.reconciler.sweep() }
    }

    private func retrySomeSession() {
        let sessions = store.committed.sessions.map(\.id)
        guard let session = timeline.draw({ $0.pick(sessions) }) else { return }
        processes.any?.perform("retry") { _ = try? await $0.retries.run(on: session) }
    }

    // MARK: Past the monitor

    /// As the web app does: a status without anything else, or a session that is called off. Not: failing a graded student of a
    /// session that is over, which no sweep looks at again.
    private func editSomeRow() {
        let now = ProcessState.epoch.advanced(by: timeline.now)
        let (students, sessions) = (store.committed.students.map(\.row), store.committed.sessions.map(\.id))
        let (student, session, edit) = timeline.draw { ($0.pick(students), $0.pick(sessions), $0.number(0...3)) }
        guard let student, let session else { return }
        store.transact({ _ in .webApp }) { database in
            switch edit {
            case 0: database.update(student) { $0.set(.requiresReview, at: now) }
            case 1: database.update(student) { $0.set(.pending, at: now) }
            case 2:
                guard database.isUnderWay(sessionOf: student) else { return }
                database.update(student) { $0.set(.failed, at: now) }
            default: database.update(session) { $0.status = .cancelled }
            }
        }
    }
}

extension ModelDatabase {
    fileprivate func isUnderWay(sessionOf row: StudentRowID) -> Bool {
        let status = student(row).flatMap { session($0.session)?.status }
        return status == .pending || status == .processing
    }
}

extension ModelStudent {
    fileprivate mutating func set(_ status: TaskStatus, at now: Timestamp) {
        self.status = status
        updatedAt = now
        if status.hasResult { gradedAt = gradedAt ?? now }
    }
}
