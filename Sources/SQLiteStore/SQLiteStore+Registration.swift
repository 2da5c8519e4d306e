package import GradingCore
import GRDB

extension SQLiteStore {
    package func register(_ tasks: [TaskRegistration], at now: Timestamp) async throws(StoreError) -> RegistrationOutcome {
        let schedule = schedule
        return try await write { db in
            let state = try RegistrationState(for: RegistrationKeys(of: tasks), in: db)
            let plan = RegistrationPlan(tasks, in: state, at: now, schedule)
            try plan.writes.write(to: db, at: now)
            for session in plan.writes.touchedSessions {
                try SessionRollUp.rollUp(session, in: db, at: now)
            }
            return plan.outcome
        }
    }
}

extension RegistrationState {
    /// The students are looked up by session, all of a session's at once: the institution's number has no index, so each
    /// look-up reads every student of the session that waits or has failed.
    fileprivate init(for keys: RegistrationKeys, in db: Database) throws {
        var waiting: [WaitingStudent] = []
        var failed: [FailedStudent] = []
        for (session, enrolments) in Dictionary(grouping: keys.enrolments, by: \.session) {
            let students = enrolments.map(\.studentID).jsonArray
            waiting += try WaitingStudent.fetch(students, of: session, from: db)
            failed += try FailedStudent.fetch(students, of: session, from: db)
        }
        let tasks = keys.tasks.map(\.rawValue).jsonArray
        self.init(
            holders: try TaskHolder.fetchCurrent(of: tasks, from: db),
            formerHolders: try TaskHolder.fetchFormer(of: tasks, from: db),
            waiting: waiting,
            failed: failed
        )
    }
}

extension TaskHolder {
    fileprivate static func fetchCurrent(of tasks: String, from db: Database) throws -> [TaskHolder] {
        let statement = try db.cachedStatement(
            sql: """
                SELECT taskId, id, gradingSessionId, name, studentId FROM students
                WHERE taskId IN (SELECT value FROM json_each(?))
                """
        )
        return try Row.fetchAll(statement, arguments: [tasks]).compactMap(TaskHolder.init)
    }

    fileprivate static func fetchFormer(of tasks: String, from db: Database) throws -> [TaskHolder] {
        let statement = try db.cachedStatement(
            sql: """
                SELECT t.task_id, s.id, s.gradingSessionId, s.name, s.studentId
                FROM monitor_tasks t JOIN students s ON s.id = t.student_id
                WHERE t.task_id IN (SELECT value FROM json_each(?))
                """
        )
        return try Row.fetchAll(statement, arguments: [tasks]).compactMap(TaskHolder.init)
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
    fileprivate static func fetch(_ students: String, of session: SessionID, from db: Database) throws -> [WaitingStudent] {
        let statement = try db.cachedStatement(
            sql: """
                SELECT id, studentId FROM students
                WHERE gradingSessionId = ? AND status IN ('PENDING', 'PROCESSING') AND taskId IS NULL
                    AND studentId IN (SELECT value FROM json_each(?))
                """
        )
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
    fileprivate static func fetch(_ students: String, of session: SessionID, from db: Database) throws -> [FailedStudent] {
        let statement = try db.cachedStatement(
            sql: """
                SELECT s.id, s.studentId, s.taskId, t.attempt
                FROM students s LEFT JOIN monitor_tasks t ON t.task_id = s.taskId
                WHERE s.gradingSessionId = ? AND s.status = 'FAILED' AND s.studentId IN (SELECT value FROM json_each(?))
                """
        )
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
