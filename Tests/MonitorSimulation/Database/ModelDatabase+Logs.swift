import GradingCore

extension ModelDatabase {
    /// Newest first, by time and then by id.
    func logs(of id: SessionID, limit: Int, before: LogCursor?, where isWanted: (SessionLog) -> Bool) -> [SessionLog]? {
        guard session(id) != nil else { return nil }
        let rows = logs.filter { $0.session == id && isWanted($0.log) }.map(\.log)
            .filter { row in before.map { (row.createdAt, row.id) < ($0.createdAt, $0.id ?? "") } ?? true }
        return Array(rows.sorted { ($0.createdAt, $0.id) > ($1.createdAt, $1.id) }.prefix(limit))
    }

    /// The names under which a student's rows may stand.
    func names(of student: String, in session: SessionID) -> Set<String> {
        let meant = members(of: session).filter { $0.row.rawValue == student || $0.studentID == student }
        return Set([student] + meant.map(\.row.rawValue) + meant.compactMap(\.studentID))
    }

    mutating func addLog(_ entry: NewSessionLog, at now: Timestamp) -> SessionLog? {
        guard session(entry.session) != nil else { return nil }
        var ids = rowIDs(at: now)
        let students = members(of: entry.session)
        let meant =
            students.first { $0.row.rawValue == entry.studentID }
            ?? students.first { entry.studentID != nil && $0.studentID == entry.studentID }
        let log = SessionLog(
            id: ids.next(),
            level: entry.level,
            message: entry.message,
            context: entry.context,
            studentID: meant?.row.rawValue ?? entry.studentID,
            metadata: entry.metadata,
            createdAt: now
        )
        logs.append((entry.session, log))
        return log
    }

    func snapshot(of task: TaskID) -> TaskSnapshot? {
        guard let state = state(of: task) else { return nil }
        return TaskSnapshot(
            task: task,
            student: state.student,
            studentName: student(state.student)?.name ?? "",
            session: state.session,
            status: state.status,
            attempt: state.attempt,
            learned: state.learnedVia.map { Learned(via: $0, lateness: self.task(task)?.lateBy) }
        )
    }

    func record(of task: TaskID) -> StudentRecord? {
        guard let snapshot = snapshot(of: task), let student = student(snapshot.student) else { return nil }
        var record = StudentRecord(task: snapshot)
        record.studentID = student.studentID
        record.totalScore = student.totalScore
        record.maxScore = student.maxScore
        record.percentage = student.percentage
        record.createdAt = student.createdAt
        record.updatedAt = student.updatedAt
        record.gradedAt = student.gradedAt
        record.rawResult = student.rawResult
        record.lastError = self.task(task)?.lastError
        record.loss = self.task(task)?.loss
        return record
    }

    func summary(of id: SessionID) -> SessionSummary? {
        guard let session = session(id) else { return nil }
        let counts = members(of: id).reduce(into: StudentCounts()) { counts, student in
            counts.add(1, at: student.task == nil && student.status.isOpen ? .pending : student.status)
        }
        return SessionSummary(id: id, status: session.status, students: counts)
    }

    mutating func prune(_ limits: PruneLimits) -> Int {
        let rows = deliveries.count + changes.count + refusals.count
        removeDeliveries { row in
            row.receivedAt < (row.disposition == .parked ? limits.parkedBefore : limits.deliveriesBefore)
        }
        changes.removeAll { $0.at < limits.changesBefore }
        refusals.removeAll { $0.receivedAt < limits.deliveriesBefore }
        return rows - deliveries.count - changes.count - refusals.count
    }
}
