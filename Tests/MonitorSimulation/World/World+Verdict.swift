import GradingCore

/// Something that is not as it should be when everything has come to rest.
struct Problem: Sendable {
    let rule: Violation.Rule
    let what: String
}

extension World {
    /// What is wrong with a database that has had the time to come right.
    func verdict(on database: ModelDatabase) -> [Problem] {
        server.all.flatMap { problems(with: $0, in: database) } + parkedProblems(in: database) + sessionProblems(in: database)
            + accountingProblems(in: database)
    }

    private func problems(with task: ServerTask, in database: ModelDatabase) -> [Problem] {
        guard let student = database.bearers(of: task.id.rawValue).first else {
            // Another task id has taken its place, or the web app has still to register it.
            return database.task(task.id) == nil && !task.isResubmission
                ? [Problem(rule: .liveness, what: "\(task.id) is not registered")] : []
        }
        guard !auditor.wasEdited(student.row) else {
            return student.status.isOpen ? [Problem(rule: .liveness, what: "\(task.id), edited, is \(student.status)")] : []
        }
        return problem(with: student, task).map { [Problem(rule: .liveness, what: "\(task.id) is \(student.status): \($0)")] }
            ?? []
    }

    private func problem(with student: ModelStudent, _ task: ServerTask) -> String? {
        let endings = task.endings + task.contradictions
        switch student.status {
        case .pending, .processing:
            return "the grading server has \(task.isForgotten(at: timeline.now) ? "forgotten it" : "ended it")"
        case .failed:
            let mayFail = task.forgottenAt != nil || endings.contains { $0.word == "FAILURE" }
            return mayFail ? nil : "it never failed"
        case .completed, .requiresReview:
            // One that was altered on the way is kept when it comes first.
            let result = student.rawResult?.replacing("poor", with: "fair")
            return endings.contains { $0.result == result } ? nil : "nobody sent that result"
        case .approved, .rejected:
            return "no person did that"
        }
    }

    private func parkedProblems(in database: ModelDatabase) -> [Problem] {
        database.deliveries.filter { $0.disposition == .parked && !database.bearers(of: $0.task.rawValue).isEmpty }
            .map { Problem(rule: .liveness, what: "\($0.delivery.id) is parked, and \($0.task) is there") }
    }

    private func sessionProblems(in database: ModelDatabase) -> [Problem] {
        database.sessions.filter { session in
            guard session.status != .cancelled else { return false }
            return !database.members(of: session.id).contains { $0.status.isOpen }
                && (session.status == .pending || session.status == .processing)
        }.map { Problem(rule: .sessionsFollow, what: "\($0.id) is \($0.status) though all its students have ended") }
    }

    /// The endings by hour, session and source are those of the change feed, each once.
    private func accountingProblems(in database: ModelDatabase) -> [Problem] {
        let groups = database.endings(since: ProcessState.epoch.advanced(by: .zero - ProcessFaults.farthestJump))
        let loss = CallbackLoss(groups, at: ProcessState.epoch.advanced(by: timeline.now)).overall
        let ended = database.changes.count { committed in
            if case .task(let change) = committed.change { !change.to.isOpen } else { false }
        }
        var problems: [Problem] = []
        if loss.total != ended { problems.append(Problem(rule: .accounting, what: "\(loss.total) endings of \(ended)")) }
        if !auditor.hasAcknowledgedCallbacks, ended > 0, loss.lossRate != 1 {
            problems.append(Problem(rule: .accounting, what: "no callback came, and the loss rate is not 1"))
        }
        return problems
    }
}
