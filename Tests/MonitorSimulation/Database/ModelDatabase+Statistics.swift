package import GradingCore

extension ModelDatabase {
    var openWork: OpenWork {
        var open = OpenWork()
        for student in students where student.task != nil {
            if student.status == .pending { open.pendingTasks += 1 }
            if student.status == .processing { open.processingTasks += 1 }
        }
        open.activeSessions = sessions.count { $0.status == .pending || $0.status == .processing }
        return open
    }

    package var statistics: MonitorStatistics {
        var statistics = MonitorStatistics()
        statistics.open = openWork
        statistics.sessions = sessions.count
        statistics.studentsGraded = students.count(where: \.status.hasResult)
        statistics.studentsFailed = students.count { $0.status == .failed }
        statistics.requiresReview = students.count { $0.status == .requiresReview }
        statistics.averageScore = averageScore
        statistics.oldestPending = oldestPending
        for row in tasks {
            guard let source = row.learnedVia else { continue }
            let ended = bearers(of: row.task.rawValue).count { !$0.status.isOpen }
            if ended > 0 { statistics.endedBy[source, default: 0] += ended }
        }
        for row in deliveries {
            statistics.deliveries[row.disposition, default: 0] += 1
            if row.hasConflict { statistics.deliveries[.conflict, default: 0] += 1 }
        }
        statistics.lost = tasks.count { row in
            guard let loss = row.loss, row.lastSignalAt ?? loss.since <= loss.since else { return false }
            return bearers(of: row.task.rawValue).contains { $0.status.isOpen }
        }
        statistics.failing = failing
        return statistics
    }

    private var averageScore: Double? {
        let shares = students.filter(\.status.hasResult).compactMap(\.percentage)
        return shares.isEmpty ? nil : shares.reduce(0, +) / Double(shares.count)
    }

    private var oldestPending: OldestPendingTask? {
        let pending = students.filter { $0.status == .pending && $0.task.flatMap(TaskID.init) != nil }
        guard let oldest = pending.min(by: { $0.createdAt < $1.createdAt }), let task = oldest.task.flatMap(TaskID.init) else {
            return nil
        }
        return OldestPendingTask(task: task, studentName: oldest.name, createdAt: oldest.createdAt)
    }

    private var failing: FailingTasks {
        let rows = tasks.filter { $0.consecutiveErrors > 0 && $0.nextCheckAt != nil }
        var failing = FailingTasks()
        failing.total = rows.count
        let sorted = rows.sorted { (-$0.consecutiveErrors, $0.task) < (-$1.consecutiveErrors, $1.task) }
        failing.worst = sorted.prefix(FailingTasks.listed).map { row in
            FailingTask(
                task: row.task,
                consecutiveErrors: row.consecutiveErrors,
                lastError: row.lastError,
                nextCheckAt: row.nextCheckAt
            )
        }
        return failing
    }

    // MARK: Endings

    package func endings(since start: Timestamp) -> [EndingGroup] {
        var told: [TaskID: Timestamp] = [:]
        for row in deliveries where row.receivedAt >= start && [.duplicate, .conflict].contains(row.disposition) {
            told[row.task] = max(told[row.task] ?? row.receivedAt, row.receivedAt)
        }
        var groups: [EndingKey: EndingTally] = [:]
        for committed in changes where committed.at >= start {
            guard case .task(let change) = committed.change, [.completed, .failed, .requiresReview].contains(change.to) else {
                continue
            }
            let isAsked = change.source != .callback
            let key = EndingKey(
                hour: Timestamp(milliseconds: committed.at.milliseconds / 3_600_000 * 3_600_000),
                session: change.session,
                source: change.source,
                isFollowed: isAsked && told[change.task].map { $0 >= committed.at } ?? false
            )
            groups[key, default: EndingTally()].add(isAsked ? task(change.task)?.lateBy : nil)
        }
        return groups.sorted { $0.key < $1.key }.map { $0.key.group($0.value) }
    }

    func durations(of sessions: [SessionID]) -> ObservedDurations {
        var observed = ObservedDurations()
        for session in sessions {
            let durations = members(of: session).filter(\.status.hasResult).compactMap { measured($0) }
            if !durations.isEmpty { observed.bySession[session] = Array(durations.prefix(ObservedDurations.mostSamples)) }
        }
        let overall = changes.reversed().compactMap { committed -> Duration? in
            guard case .task(let change) = committed.change, change.source == .callback,
                [.completed, .requiresReview].contains(change.to), let student = student(change.student),
                student.task == change.task.rawValue
            else { return nil }
            return measured(student)
        }
        observed.overall = Array(overall.prefix(ObservedDurations.mostSamples))
        return observed
    }

    private func measured(_ student: ModelStudent) -> Duration? {
        guard let row = student.task.flatMap(TaskID.init).flatMap(task), row.learnedVia == .callback, let end = student.gradedAt,
            row.attempt == 1 || row.firstProcessingAt != nil
        else { return nil }
        return (row.firstProcessingAt ?? student.createdAt).duration(to: end)
    }
}

private struct EndingKey: Hashable, Comparable {
    let hour: Timestamp
    let session: SessionID
    let source: ReportSource
    let isFollowed: Bool

    static func < (lhs: EndingKey, rhs: EndingKey) -> Bool {
        (lhs.hour, lhs.session, lhs.source.rawValue, lhs.isFollowed ? 1 : 0)
            < (rhs.hour, rhs.session, rhs.source.rawValue, rhs.isFollowed ? 1 : 0)
    }

    func group(_ tally: EndingTally) -> EndingGroup {
        EndingGroup(
            hour: hour,
            session: session,
            source: source,
            callbackFollowed: isFollowed,
            tasks: tally.tasks,
            lateness: tally.lateness,
            worstLateness: tally.worst
        )
    }
}

private struct EndingTally {
    var tasks = 0
    var lateness = Duration.zero
    var worst = Duration.zero

    mutating func add(_ late: Duration?) {
        tasks += 1
        lateness += late ?? .zero
        worst = max(worst, late ?? .zero)
    }
}
