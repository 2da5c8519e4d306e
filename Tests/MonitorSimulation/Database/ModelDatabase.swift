package import GradingCore

/// A database in memory, a plain value: the web app's tables and the monitor's own, with the rules that stores share.
///
/// It is what the simulation runs on in place of SQLite and PostgreSQL, and passes the same conformance suite. Rows are kept in
/// the order in which they were added, so that nothing depends on the order of a hash table.
package struct ModelDatabase: Sendable {
    package internal(set) var students: [ModelStudent] = []
    package internal(set) var sessions: [ModelSession] = []
    package internal(set) var tasks: [ModelTask] = []
    package internal(set) var deliveries: [ModelDelivery] = []
    package internal(set) var logs: [(session: SessionID, log: SessionLog)] = []
    package internal(set) var changes: [CommittedChange] = []
    var refusals: [CallbackRefusal] = []
    var leases: [String: InstanceLease] = [:]

    let schedule: CheckSchedule
    let sabotage: Sabotage?
    private var random: SeededGenerator
    private var lastSequence: Int64 = 0
    private var studentPositions: [StudentRowID: Int] = [:]
    private var bearers: [String: [Int]] = [:]
    private var sessionPositions: [SessionID: Int] = [:]
    private var members: [SessionID: [Int]] = [:]
    private var taskPositions: [TaskID: Int] = [:]
    private var deliveryPositions: [String: Int] = [:]

    init(schedule: CheckSchedule, seed: UInt64, sabotage: Sabotage?) {
        self.schedule = schedule
        self.sabotage = sabotage
        random = SeededGenerator(seed: seed)
    }

    /// Whether a batch is to get lost, as ``Sabotage/losesCommits`` has it.
    mutating func losesBatch() -> Bool { sabotage == .losesCommits && random.happens(0.1) }

    mutating func rowIDs(at now: Timestamp) -> RowIDSequence {
        RowIDSequence(at: now, generator: SeededGenerator(seed: random.next()))
    }
}

// MARK: - Rows by their keys

extension ModelDatabase {
    package func student(_ row: StudentRowID) -> ModelStudent? { studentPositions[row].map { students[$0] } }

    /// Those who bear a task id now.
    package func bearers(of task: String) -> [ModelStudent] { (bearers[task] ?? []).map { students[$0] } }

    package func members(of session: SessionID) -> [ModelStudent] { (members[session] ?? []).map { students[$0] } }

    package func session(_ id: SessionID) -> ModelSession? { sessionPositions[id].map { sessions[$0] } }

    package func task(_ task: TaskID) -> ModelTask? { taskPositions[task].map { tasks[$0] } }

    package func delivery(_ id: String) -> ModelDelivery? { deliveryPositions[id].map { deliveries[$0] } }

    mutating func add(_ student: ModelStudent) {
        studentPositions[student.row] = students.count
        members[student.session, default: []].append(students.count)
        if let task = student.task { bearers[task, default: []].append(students.count) }
        students.append(student)
    }

    mutating func update(_ row: StudentRowID, _ change: (inout ModelStudent) -> Void) {
        guard let position = studentPositions[row] else { return }
        let former = students[position].task
        change(&students[position])
        let task = students[position].task
        guard task != former else { return }
        if let former { bearers[former]?.removeAll { $0 == position } }
        if let task { bearers[task, default: []].append(position) }
    }

    /// Left alone when it is there already.
    mutating func add(_ session: ModelSession) {
        guard sessionPositions[session.id] == nil else { return }
        sessionPositions[session.id] = sessions.count
        sessions.append(session)
    }

    mutating func update(_ session: SessionID, _ change: (inout ModelSession) -> Void) {
        guard let position = sessionPositions[session] else { return }
        change(&sessions[position])
    }

    /// Adds the task's row where there is none.
    mutating func upsert(_ task: TaskID, of student: StudentRowID, _ change: (inout ModelTask) -> Void) {
        if let position = taskPositions[task] {
            change(&tasks[position])
        } else {
            var row = ModelTask(task, of: student)
            change(&row)
            taskPositions[task] = tasks.count
            tasks.append(row)
        }
    }

    mutating func update(_ task: TaskID, _ change: (inout ModelTask) -> Void) {
        guard let position = taskPositions[task] else { return }
        change(&tasks[position])
    }

    mutating func replace(_ row: ModelTask) {
        upsert(row.task, of: row.student) { $0 = row }
    }

    mutating func put(_ delivery: ModelDelivery) {
        if let position = deliveryPositions[delivery.delivery.id] {
            deliveries[position] = delivery
        } else {
            deliveryPositions[delivery.delivery.id] = deliveries.count
            deliveries.append(delivery)
        }
    }

    mutating func updateDelivery(_ id: String, _ change: (inout ModelDelivery) -> Void) {
        guard let position = deliveryPositions[id] else { return }
        change(&deliveries[position])
    }

    mutating func removeDeliveries(where isOld: (ModelDelivery) -> Bool) {
        deliveries.removeAll(where: isOld)
        deliveryPositions = [:]
        for (position, row) in deliveries.enumerated() { deliveryPositions[row.delivery.id] = position }
    }

    // MARK: What is added to logs and to the change feed

    mutating func add(_ write: LogWrite, id: String, at now: Timestamp) {
        let log = SessionLog(
            id: id,
            level: write.level,
            message: write.message,
            context: write.source.logContext,
            studentID: write.student.rawValue,
            metadata: nil,
            createdAt: now
        )
        logs.append((write.session, log))
    }

    mutating func add(_ change: Change, at now: Timestamp) {
        lastSequence += 1
        changes.append(CommittedChange(sequence: lastSequence, change: change, at: now))
    }

    /// The student that bears a task id now, an open one first; or the one that bore it before a later attempt.
    package func state(of task: TaskID) -> TaskState? {
        let current = bearers(of: task.rawValue)
            .min { ($0.status.isOpen ? 0 : 1, $0.row.rawValue) < ($1.status.isOpen ? 0 : 1, $1.row.rawValue) }
        let row = self.task(task)
        guard let student = current ?? row.flatMap({ self.student($0.student) }) else { return nil }
        return TaskState(
            task: task,
            student: student.row,
            session: student.session,
            status: student.status,
            attempt: row?.attempt ?? 1,
            reportedAttempt: row?.reportedAttempt,
            isSuperseded: current == nil,
            resultHash: row?.resultHash,
            lastSignalAt: row?.lastSignalAt,
            firstProcessingAt: row?.firstProcessingAt,
            gradedAt: student.gradedAt,
            learnedVia: row?.learnedVia
        )
    }
}
