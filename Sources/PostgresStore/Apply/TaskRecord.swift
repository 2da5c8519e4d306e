import GradingCore

/// What the monitor itself keeps of a task, beside the web app's row of the student.
struct TaskRecord {
    /// Of `tasks t`, in the order in which they are read here.
    static let columns = "t.attempt, t.result_hash, t.last_signal_at, t.first_processing_at, t.learned_via, t.reported_attempt"

    private(set) var attempt = 1
    private(set) var resultHash: [UInt8]?
    private(set) var lastSignalAt: Timestamp?
    private(set) var firstProcessingAt: Timestamp?
    private(set) var learnedVia: ReportSource?
    private(set) var reportedAttempt: Int?

    /// Nothing is kept of it.
    static let none = TaskRecord()

    private init() {}

    /// - Parameter first: where ``columns`` begin in the row.
    init(_ row: ResultRow, from first: Int32) {
        attempt = row.integer(first) ?? 1
        resultHash = row.bytes(first + 1)
        lastSignalAt = row.timestamp(first + 2)
        firstProcessingAt = row.timestamp(first + 3)
        learnedVia = row.text(first + 4).flatMap(ReportSource.init)
        reportedAttempt = row.integer(first + 5)
    }
}

/// A student who bears a task id, as the web app's row has it.
struct TaskBearer {
    let task: TaskID
    let student: StudentRowID
    let session: SessionID
    let status: TaskStatus
    let gradedAt: Timestamp?

    /// - Parameter row: of ``ApplyStatements/bearers`` or ``ApplyStatements/formerTasks``.
    init?(_ row: ResultRow) {
        guard let task = row.text(0).flatMap(TaskID.init), let student = row.text(1), let session = row.text(2),
            let status = row.text(3).flatMap(TaskStatus.init)
        else { return nil }
        self.task = task
        self.student = StudentRowID(student)
        self.session = SessionID(stored: session)
        self.status = status
        gradedAt = row.timestamp(4)
    }

    /// Of several who bear one task id, which the web app's first generation allows, an open one is meant, and of those the one
    /// whose row's id comes first.
    func comes(before other: TaskBearer) -> Bool {
        status.isOpen == other.status.isOpen ? student.rawValue < other.student.rawValue : status.isOpen
    }
}

extension QueryResult {
    /// Of the rows of ``ApplyStatements/records``.
    var taskRecords: [TaskID: TaskRecord] {
        rows.reduce(into: [:]) { records, row in
            if let task = row.text(0).flatMap(TaskID.init) { records[task] = TaskRecord(row, from: 1) }
        }
    }
}

extension TaskState {
    /// The tasks that these students bear.
    static func all(_ bearers: [TaskBearer], _ records: [TaskID: TaskRecord]) -> [TaskID: TaskState] {
        var chosen: [TaskID: TaskBearer] = [:]
        for bearer in bearers where chosen[bearer.task].map(bearer.comes(before:)) ?? true { chosen[bearer.task] = bearer }
        return chosen.mapValues { TaskState($0, records[$0.task] ?? .none) }
    }

    init(_ bearer: TaskBearer, _ record: TaskRecord, isSuperseded: Bool = false) {
        self.init(
            task: bearer.task,
            student: bearer.student,
            session: bearer.session,
            status: bearer.status,
            attempt: record.attempt,
            reportedAttempt: record.reportedAttempt,
            isSuperseded: isSuperseded,
            resultHash: record.resultHash,
            lastSignalAt: record.lastSignalAt,
            firstProcessingAt: record.firstProcessingAt,
            gradedAt: bearer.gradedAt,
            learnedVia: record.learnedVia
        )
    }

    /// - Parameter row: of ``ApplyStatements/formerTasks``.
    init?(former row: ResultRow) {
        guard let bearer = TaskBearer(row) else { return nil }
        self.init(bearer, TaskRecord(row, from: 5), isSuperseded: true)
    }
}
