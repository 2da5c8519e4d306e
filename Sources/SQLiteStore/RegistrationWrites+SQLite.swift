import GradingCore
import GRDB

extension RegistrationWrites {
    func write(to db: Database, at now: Timestamp) throws {
        if !sessions.isEmpty {
            try SessionRegistration.ensureOwner(in: db, at: now)
        }
        for session in sessions { try session.ensure(in: db, at: now) }
        for student in students { try student.insert(into: db, at: now) }
        for given in givenTasks { try given.write(to: db, at: now) }
        for attempt in attempts { try attempt.write(to: db, at: now) }
        for task in tasks { try task.write(to: db) }
        var ids = RowIDSequence(at: now)
        for log in logs { try log.write(to: db, id: ids.next(), at: now) }
        for change in changes { try change.write(to: db, at: now) }
    }
}

extension SessionRegistration {
    fileprivate static func ensureOwner(in db: Database, at now: Timestamp) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO users (id, email, name, role, createdAt, updatedAt) VALUES (?1, ?1 || '@localhost', ?1, 'USER', ?2, ?2)
                ON CONFLICT DO NOTHING
                """
        ).execute(arguments: [owner, now.milliseconds])
    }

    fileprivate func ensure(in db: Database, at now: Timestamp) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO grading_sessions (id, title, subject, examYear, status, numStudents, createdAt, updatedAt, userId)
                VALUES (?1, ?2, ?3, ?4, 'PENDING', ?5, ?6, ?6, ?7)
                ON CONFLICT (id) DO NOTHING
                """
        ).execute(
            arguments: [
                id.rawValue, title, subject ?? "", examYear ?? "", numStudents ?? 0, now.milliseconds, Self.owner,
            ]
        )
    }
}

extension NewStudent {
    fileprivate func insert(into db: Database, at now: Timestamp) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO students (id, name, studentId, status, taskId, uploadedAt, createdAt, updatedAt, gradingSessionId)
                VALUES (?1, ?2, ?3, 'PENDING', ?4, ?5, ?5, ?5, ?6)
                """
        ).execute(
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
    fileprivate func write(to db: Database, at now: Timestamp) throws {
        if let formerTask {
            try db.cachedStatement(
                sql: "INSERT INTO monitor_tasks (task_id, student_id) VALUES (?, ?) ON CONFLICT (task_id) DO NOTHING"
            ).execute(arguments: [formerTask.rawValue, student.rawValue])
        }
        try db.cachedStatement(
            sql: """
                UPDATE students SET taskId = ?, status = 'PENDING', updatedAt = ?, totalScore = NULL, maxScore = NULL,
                    percentage = NULL, rawGradingOutput = NULL
                WHERE id = ?
                """
        ).execute(arguments: [task.rawValue, now.milliseconds, student.rawValue])
    }
}

extension NewTask {
    fileprivate func write(to db: Database) throws {
        try db.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO monitor_tasks (task_id, student_id, attempt, priority, next_check_at) VALUES (?, ?, ?, ?, ?)
                """
        ).execute(arguments: [task.rawValue, student.rawValue, attempt, priority, nextCheckAt?.milliseconds])
    }
}
