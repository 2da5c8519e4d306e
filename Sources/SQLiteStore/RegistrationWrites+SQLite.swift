import GradingCore
import GRDB

/// Adding what is registered.
struct RegistrationWriteStatements: Sendable {
    fileprivate let insertOwner: String
    fileprivate let insertSession: String
    fileprivate let insertStudent: String
    fileprivate let startAttempt: String

    init(_ layout: DatabaseLayout) {
        let (users, sessions, students) = (
            Fillers(layout, "users", now: "?2"), Fillers(layout, "grading_sessions", now: "?6"),
            Fillers(layout, "students", now: "?5")
        )
        insertOwner = """
            INSERT INTO users (id, email, name, createdAt, updatedAt\(users.columns))
            VALUES (?1, ?1 || '@localhost', ?1, ?2, ?2\(users.values))
            ON CONFLICT DO NOTHING
            """
        insertSession = """
            INSERT INTO grading_sessions
                (id, title, subject, examYear, \(layout.sessionStatus), numStudents, createdAt, updatedAt, userId\(sessions.columns))
            VALUES (?1, ?2, ?3, ?4, 'PENDING', ?5, ?6, ?6, ?7\(sessions.values))
            ON CONFLICT (id) DO NOTHING
            """
        insertStudent = """
            INSERT INTO students (id, \(layout.studentName), studentId, \(layout.studentStatus), taskId, createdAt, updatedAt,
                gradingSessionId\(students.columns))
            VALUES (?1, ?2, ?3, 'PENDING', ?4, ?5, ?5, ?6\(students.values))
            """
        startAttempt = """
            UPDATE students SET taskId = ?1, \(layout.studentStatus) = 'PENDING', updatedAt = ?2,
                \(layout.clearedResult)
            WHERE id = ?3
            """
    }
}

/// What is added to the columns and the values of an INSERT for the columns that require a value.
struct Fillers {
    let columns: String
    let values: String

    init(_ layout: DatabaseLayout, _ table: String, now: String) {
        let fillers = layout.fillers(of: table)
        columns = fillers.map { ", " + $0.column }.joined()
        values = fillers.map { ", " + $0.value.sql(now: now) }.joined()
    }
}

extension RegistrationWrites {
    func write(to db: Database, _ statements: SQLiteStatements, at now: Timestamp) throws {
        try writeSessions(to: db, statements, at: now)
        for student in students { try student.insert(into: db, statements, at: now) }
        for given in givenTasks { try given.write(to: db, at: now) }
        for attempt in attempts { try attempt.write(to: db, statements, at: now) }
        for task in tasks { try task.write(to: db) }
        var ids = RowIDSequence(at: now)
        for log in logs { try log.write(to: db, id: ids.next(), at: now) }
        for change in changes { try change.write(to: db, at: now) }
    }

    /// Where the web app's tables take no session of ours, all of them are there already.
    private func writeSessions(to db: Database, _ statements: SQLiteStatements, at now: Timestamp) throws {
        guard !sessions.isEmpty, statements.layout.sessionRefusal == nil else { return }
        let writes = statements.registration.writes
        try db.cachedStatement(sql: writes.insertOwner)
            .execute(arguments: [SessionRegistration.owner, now.milliseconds])
        // Where a number need not be given, none is made up.
        let count = statements.layout.isStudentCountRequired ? 0 : nil
        for session in sessions {
            try db.cachedStatement(sql: writes.insertSession).execute(
                arguments: [
                    session.id.rawValue, session.title, session.subject ?? "", session.examYear ?? "",
                    session.numStudents ?? count, now.milliseconds, SessionRegistration.owner,
                ]
            )
        }
    }
}

extension NewStudent {
    fileprivate func insert(into db: Database, _ statements: SQLiteStatements, at now: Timestamp) throws {
        try db.cachedStatement(sql: statements.registration.writes.insertStudent).execute(
            arguments: [row.rawValue, name, studentID, task.rawValue, now.milliseconds, session.rawValue]
        )
    }
}

extension GivenTask {
    fileprivate func write(to db: Database, at now: Timestamp) throws {
        try db.cachedStatement(sql: "UPDATE students SET taskId = ?, updatedAt = ? WHERE id = ?")
            .execute(arguments: [task.rawValue, now.milliseconds, student.rawValue])
    }
}

extension NewAttempt {
    /// What the failed one left goes: scores, parts and result.
    fileprivate func write(to db: Database, _ statements: SQLiteStatements, at now: Timestamp) throws {
        if let formerTask {
            try db.cachedStatement(
                sql: "INSERT INTO monitor_tasks (task_id, student_id) VALUES (?, ?) ON CONFLICT (task_id) DO NOTHING"
            ).execute(arguments: [formerTask.rawValue, student.rawValue])
        }
        try db.cachedStatement(sql: statements.registration.writes.startAttempt)
            .execute(arguments: [task.rawValue, now.milliseconds, student.rawValue])
        try student.forgetResult(in: db, statements, at: now)
    }
}

extension StudentRowID {
    /// What an attempt has left outside the student's row goes.
    func forgetResult(in db: Database, _ statements: SQLiteStatements, at now: Timestamp) throws {
        try statements.parts.write([], of: self, to: db, at: now)
        if !statements.layout.hasRawOutput {
            try db.cachedStatement(sql: "DELETE FROM monitor_results WHERE student_id = ?").execute(arguments: [rawValue])
        }
    }
}

extension NewTask {
    fileprivate func write(to db: Database) throws {
        try db.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO monitor_tasks (task_id, student_id, attempt, priority, next_check_at)
                SELECT ?1, s.id, ?3, coalesce(?4, p.priority, \(TaskRegistration.ordinaryPriority)), ?5
                FROM students s LEFT JOIN monitor_session_priorities p ON p.session_id = s.gradingSessionId
                WHERE s.id = ?2
                """
        ).execute(arguments: [task.rawValue, student.rawValue, attempt, priority, nextCheckAt?.milliseconds])
    }
}
