package import GradingCore
import GRDB

extension SQLiteStore {
    package func register(_ tasks: [TaskRegistration], at now: Timestamp) async throws(StoreError) -> RegistrationOutcome {
        let (schedule, statements) = (schedule, statements)
        return try await write { db in
            let state = try RegistrationState(for: RegistrationKeys(of: tasks), in: db, statements.registration)
            let plan = RegistrationPlan(tasks, in: state, at: now, schedule)
            if let refusal = try plan.writes.refusal(in: db, statements) { return .refused(refusal) }
            try plan.writes.write(to: db, statements, at: now)
            for session in plan.writes.touchedSessions {
                try SessionRollUp.rollUp(session, in: db, statements, at: now)
            }
            return plan.outcome
        }
    }
}

/// Looking for those who are registered.
struct RegistrationStatements: Sendable {
    let writes: RegistrationWriteStatements
    fileprivate let holders: String
    fileprivate let formerHolders: String
    fileprivate let waiting: String
    fileprivate let failed: String

    init(_ layout: DatabaseLayout) {
        writes = RegistrationWriteStatements(layout)
        let (name, status) = (layout.studentName, layout.studentStatus)
        holders = """
            SELECT taskId, id, gradingSessionId, \(name), studentId FROM students
            WHERE taskId IN (SELECT value FROM json_each(?))
            """
        formerHolders = """
            SELECT t.task_id, s.id, s.gradingSessionId, s.\(name), s.studentId
            FROM monitor_tasks t JOIN students s ON s.id = t.student_id
            WHERE t.task_id IN (SELECT value FROM json_each(?))
            """
        waiting = """
            SELECT id, studentId FROM students
            WHERE gradingSessionId = ? AND \(status) IN ('PENDING', 'PROCESSING') AND taskId IS NULL
                AND studentId IN (SELECT value FROM json_each(?))
            """
        failed = """
            SELECT s.id, s.studentId, s.taskId, t.attempt
            FROM students s LEFT JOIN monitor_tasks t ON t.task_id = s.taskId
            WHERE s.gradingSessionId = ? AND s.\(status) = 'FAILED' AND s.studentId IN (SELECT value FROM json_each(?))
            """
    }
}

extension RegistrationWrites {
    /// Why the web app's tables do not take this; `nil` when they do.
    fileprivate func refusal(in db: Database, _ statements: SQLiteStatements) throws -> RegistrationRefusal? {
        let layout = statements.layout
        if let refusal = layout.sessionRefusal, try sessions.contains(where: { try !db.exists($0.id) }) { return refusal }
        if let refusal = layout.refusal(of: students) { return refusal }
        guard layout.isStudentIDUnique else { return nil }
        let taken = try students.compactMap(\.studentID).first { number in
            let statement = try db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM students WHERE studentId = ?)")
            return try Bool.fetchOne(statement, arguments: [number]) ?? false
        }
        return taken.map(RegistrationRefusal.studentIDTaken)
    }
}

extension RegistrationState {
    /// The students are looked up by session, all of a session's at once: the institution's number has no index, so each
    /// look-up reads every student of the session that waits or has failed.
    fileprivate init(for keys: RegistrationKeys, in db: Database, _ statements: RegistrationStatements) throws {
        var waiting: [WaitingStudent] = []
        var failed: [FailedStudent] = []
        for (session, enrolments) in Dictionary(grouping: keys.enrolments, by: \.session) {
            let students = enrolments.map(\.studentID).jsonArray
            waiting += try WaitingStudent.fetch(students, of: session, from: db, statements)
            failed += try FailedStudent.fetch(students, of: session, from: db, statements)
        }
        let tasks = keys.tasks.map(\.rawValue).jsonArray
        self.init(
            holders: try TaskHolder.fetch(of: tasks, from: db, statements.holders),
            formerHolders: try TaskHolder.fetch(of: tasks, from: db, statements.formerHolders),
            waiting: waiting,
            failed: failed
        )
    }
}

extension RegistrationState {
    /// Who bears a task id, or bore it; nobody waits and nobody has failed.
    init(holdersOf task: TaskID, in db: Database, _ statements: RegistrationStatements) throws {
        let tasks = [task.rawValue].jsonArray
        self.init(
            holders: try TaskHolder.fetch(of: tasks, from: db, statements.holders),
            formerHolders: try TaskHolder.fetch(of: tasks, from: db, statements.formerHolders)
        )
    }
}

extension TaskHolder {
    fileprivate static func fetch(of tasks: String, from db: Database, _ sql: String) throws -> [TaskHolder] {
        try Row.fetchAll(db.cachedStatement(sql: sql), arguments: [tasks]).compactMap(TaskHolder.init)
    }

    private init?(_ row: Row) {
        guard let task = row.text(0).flatMap(TaskID.init) else { return nil }
        self.init(
            task: task,
            student: StudentRowID(row.text(1) ?? ""),
            session: SessionID(stored: row.text(2) ?? ""),
            name: row.text(3) ?? "",
            studentID: row.text(4)
        )
    }
}

extension WaitingStudent {
    fileprivate static func fetch(
        _ students: String,
        of session: SessionID,
        from db: Database,
        _ statements: RegistrationStatements
    ) throws -> [WaitingStudent] {
        let statement = try db.cachedStatement(sql: statements.waiting)
        return try Row.fetchAll(statement, arguments: [session.rawValue, students]).compactMap { row in
            guard let student = row.text(0), let number = row.text(1) else { return nil }
            return WaitingStudent(
                student: StudentRowID(student),
                enrolment: Enrolment(session: session, studentID: number)
            )
        }
    }
}

extension FailedStudent {
    fileprivate static func fetch(
        _ students: String,
        of session: SessionID,
        from db: Database,
        _ statements: RegistrationStatements
    ) throws -> [FailedStudent] {
        let statement = try db.cachedStatement(sql: statements.failed)
        return try Row.fetchAll(statement, arguments: [session.rawValue, students]).compactMap { row in
            guard let student = row.text(0), let number = row.text(1) else { return nil }
            return FailedStudent(
                student: StudentRowID(student),
                enrolment: Enrolment(session: session, studentID: number),
                task: row.text(2).flatMap(TaskID.init),
                attempt: row.integer(3) ?? 1
            )
        }
    }
}

extension [String] {
    /// A JSON array, for `json_each`: a list of any length for one statement.
    fileprivate var jsonArray: String {
        var bytes = [UInt8(ascii: "[")]
        for text in self {
            if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
            JSONText.append(text, to: &bytes)
        }
        bytes.append(UInt8(ascii: "]"))
        return String(decoding: bytes, as: UTF8.self)
    }
}
