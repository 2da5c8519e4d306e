package import GradingCore
import GRDB

extension SQLiteStore {
    package func register(_ tasks: [TaskRegistration], at now: Timestamp) async throws(StoreError) -> RegistrationOutcome {
        do {
            return try await queue.writeWithoutTransaction { db in
                var outcome = RegistrationOutcome.registered(new: 0, unchanged: 0)
                try db.inTransaction(.immediate) {
                    var registrar = Registrar(db: db, now: now)
                    outcome = try registrar.register(tasks)
                    if case .taskTaken = outcome { return .rollback }
                    return .commit
                }
                return outcome
            }
        } catch {
            throw StoreError(error)
        }
    }
}

/// Registers the tasks of one transaction.
private struct Registrar {
    private let db: Database
    private let now: Timestamp
    private var ids: RowIDSequence
    private var known: Set<SessionID> = []

    /// The owner of the sessions that the monitor makes.
    private static let userID = "grading-monitor"

    /// What one registration came to.
    private enum Entry {
        case new
        case unchanged
        case taken
    }

    init(db: Database, now: Timestamp) {
        self.db = db
        self.now = now
        ids = RowIDSequence(at: now)
    }

    mutating func register(_ tasks: [TaskRegistration]) throws -> RegistrationOutcome {
        var new = 0
        for task in tasks {
            switch try register(task) {
            case .new: new += 1
            case .unchanged: break
            case .taken: return .taskTaken(task.task)
            }
        }
        for session in known.sorted() {
            try SessionRollUp.rollUp(session, in: db, at: now)
        }
        return .registered(new: new, unchanged: tasks.count - new)
    }

    private mutating func register(_ task: TaskRegistration) throws -> Entry {
        if let holder = try holder(of: task.task) {
            return holder.isStudent(of: task) ? .unchanged : .taken
        }
        try ensureSession(task.session)
        if let waiting = try waitingStudent(for: task) {
            try give(task, to: waiting)
        } else if let failed = try failedStudent(for: task) {
            try startAttempt(failed.attempt + 1, of: failed.student, as: task)
        } else {
            try addStudent(task)
        }
        return .new
    }

    // MARK: Who holds a task id

    private struct Holder {
        let session: String
        let name: String
        let studentID: String?

        /// By the institution's number where there is one, else by name.
        func isStudent(of task: TaskRegistration) -> Bool {
            guard session == task.session.id.rawValue, studentID == task.studentID else { return false }
            return studentID != nil || name == task.studentName
        }
    }

    /// The student that bears the task id now, or bore it before a later attempt.
    private func holder(of task: TaskID) throws -> Holder? {
        let statement = try db.cachedStatement(
            sql: """
                SELECT gradingSessionId, name, studentId FROM students WHERE taskId = ?1
                UNION ALL
                SELECT s.gradingSessionId, s.name, s.studentId FROM monitor_tasks t JOIN students s ON s.id = t.student_id
                WHERE t.task_id = ?1
                LIMIT 1
                """
        )
        return try Row.fetchOne(statement, arguments: [task.rawValue]).map {
            Holder(session: $0.text(0) ?? "", name: $0.text(1) ?? "", studentID: $0.text(2))
        }
    }

    // MARK: Sessions

    private mutating func ensureSession(_ session: SessionRegistration) throws {
        guard known.insert(session.id).inserted else { return }
        try db.cachedStatement(
            sql: """
                INSERT INTO users (id, email, name, role, createdAt, updatedAt) VALUES (?1, ?1 || '@localhost', ?1, 'USER', ?2, ?2)
                ON CONFLICT DO NOTHING
                """
        ).execute(arguments: [Self.userID, now.milliseconds])
        try db.cachedStatement(
            sql: """
                INSERT INTO grading_sessions (id, title, subject, examYear, status, numStudents, createdAt, updatedAt, userId)
                VALUES (?1, ?2, ?3, ?4, 'PENDING', ?5, ?6, ?6, ?7)
                ON CONFLICT (id) DO NOTHING
                """
        ).execute(
            arguments: [
                session.id.rawValue, session.title, session.subject ?? "", session.examYear ?? "", session.numStudents ?? 0,
                now.milliseconds, Self.userID,
            ]
        )
    }

    // MARK: Students

    private mutating func addStudent(_ task: TaskRegistration) throws {
        let student = StudentRowID(ids.next())
        try db.cachedStatement(
            sql: """
                INSERT INTO students (id, name, studentId, status, taskId, uploadedAt, createdAt, updatedAt, gradingSessionId)
                VALUES (?1, ?2, ?3, 'PENDING', ?4, ?5, ?5, ?5, ?6)
                """
        ).execute(
            arguments: [
                student.rawValue, task.studentName, task.studentID, task.task.rawValue, now.milliseconds,
                task.session.id.rawValue,
            ]
        )
        try insertTask(task, student, attempt: 1)
    }

    /// A student that the web app wrote before there was a task id for it.
    private func waitingStudent(for task: TaskRegistration) throws -> StudentRowID? {
        guard let studentID = task.studentID else { return nil }
        let statement = try db.cachedStatement(
            sql: """
                SELECT id FROM students WHERE gradingSessionId = ? AND status IN ('PENDING', 'PROCESSING') AND taskId IS NULL
                    AND studentId = ? LIMIT 1
                """
        )
        return try Row.fetchOne(statement, arguments: [task.session.id.rawValue, studentID])?.text(0).map(StudentRowID.init)
    }

    private func give(_ task: TaskRegistration, to student: StudentRowID) throws {
        try db.cachedStatement(sql: "UPDATE students SET taskId = ?, updatedAt = ? WHERE id = ?")
            .execute(arguments: [task.task.rawValue, now.milliseconds, student.rawValue])
        try insertTask(task, student, attempt: 1)
    }

    /// The student whose failed task this one replaces: the same session and institution's number.
    private func failedStudent(for task: TaskRegistration) throws -> (student: StudentRowID, attempt: Int)? {
        guard let studentID = task.studentID else { return nil }
        let statement = try db.cachedStatement(
            sql: """
                SELECT s.id, t.attempt FROM students s LEFT JOIN monitor_tasks t ON t.task_id = s.taskId
                WHERE s.gradingSessionId = ? AND s.status = 'FAILED' AND s.studentId = ? LIMIT 1
                """
        )
        let row = try Row.fetchOne(statement, arguments: [task.session.id.rawValue, studentID])
        guard let row, let student = row.text(0) else { return nil }
        return (StudentRowID(student), row.integer(1) ?? 1)
    }

    /// A failed student submitted again under a new task id: an explicit retry, the only way back from FAILED to PENDING.
    private mutating func startAttempt(_ attempt: Int, of student: StudentRowID, as task: TaskRegistration) throws {
        try rememberFormerTask(of: student)
        try db.cachedStatement(
            sql: """
                UPDATE students SET taskId = ?, status = 'PENDING', updatedAt = ?, totalScore = NULL, maxScore = NULL,
                    percentage = NULL, rawGradingOutput = NULL
                WHERE id = ?
                """
        ).execute(arguments: [task.task.rawValue, now.milliseconds, student.rawValue])
        try insertTask(task, student, attempt: attempt)
        let log = LogWrite(
            session: task.session.id,
            student: student,
            level: .info,
            message: "Task \(task.task): FAILED → PENDING: attempt \(attempt)",
            source: .manual
        )
        try log.write(to: db, id: ids.next(), at: now)
        let change = TaskChange(
            task: task.task,
            student: student,
            session: task.session.id,
            from: .failed,
            to: .pending,
            source: .manual
        )
        try change.write(to: db, at: now)
    }

    /// A task that the monitor has never touched has no row of its own yet; without one its late reports would be parked.
    private func rememberFormerTask(of student: StudentRowID) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO monitor_tasks (task_id, student_id) SELECT taskId, id FROM students WHERE id = ? AND taskId IS NOT NULL
                ON CONFLICT (task_id) DO NOTHING
                """
        ).execute(arguments: [student.rawValue])
    }

    /// Replaces what is known of a task whose student the web app has deleted since.
    private func insertTask(_ task: TaskRegistration, _ student: StudentRowID, attempt: Int) throws {
        try db.cachedStatement(
            sql: "INSERT OR REPLACE INTO monitor_tasks (task_id, student_id, attempt, priority) VALUES (?, ?, ?, ?)"
        ).execute(arguments: [task.task.rawValue, student.rawValue, attempt, task.priority])
    }
}
