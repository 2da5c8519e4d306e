import GradingCore
import GRDB

/// Reading and writing one task.
struct TaskStatements: Sendable {
    fileprivate let current: String
    fileprivate let former: String
    fileprivate let moveStudent: String
    fileprivate let moveStudentWithResult: String
    /// `nil` where the student's row holds the result.
    fileprivate let keepResult: String?

    init(_ layout: DatabaseLayout) {
        let columns = """
            s.id, s.gradingSessionId, s.\(layout.studentStatus), s.gradedAt, t.attempt, t.result_hash, t.last_signal_at,
                   t.first_processing_at, t.learned_via, t.reported_attempt
            """
        current = """
            SELECT \(columns)
            FROM students s LEFT JOIN monitor_tasks t ON t.task_id = s.taskId
            WHERE s.taskId = ? ORDER BY s.\(layout.studentStatus) NOT IN ('PENDING', 'PROCESSING'), s.id LIMIT 1
            """
        former = """
            SELECT \(columns)
            FROM monitor_tasks t JOIN students s ON s.id = t.student_id
            WHERE t.task_id = ?
            """
        let move = """
            UPDATE students
            SET \(layout.studentStatus) = ?, gradedAt = ?, updatedAt = ?\(layout.hasTaskWord ? ", aiTaskStatus = ?" : "")
            """
        moveStudent = move + " WHERE id = ?"
        // In one go: each update writes the whole row anew.
        let result = """
            , totalScore = ?, \(layout.studentMaximum) = ?, percentage = ?\(layout.hasRawOutput ? ", rawGradingOutput = ?" : "")
            """
        moveStudentWithResult = move + result + " WHERE id = ?"
        keepResult =
            layout.hasRawOutput
            ? nil
            : """
            INSERT INTO monitor_results (student_id, result) VALUES (?1, ?2)
            ON CONFLICT (student_id) DO UPDATE SET result = excluded.result
            """
    }
}

extension TaskState {
    /// Reads one task: the student that bears its id now, or the one that bore it before a later attempt. The web app's first
    /// generation lets several students bear one id; then it is an open one.
    static func fetch(_ task: TaskID, from db: Database, _ statements: SQLiteStatements) throws -> TaskState? {
        let current = try db.cachedStatement(sql: statements.tasks.current)
        if let row = try Row.fetchOne(current, arguments: [task.rawValue]) {
            return TaskState(task, row, isSuperseded: false)
        }
        let former = try db.cachedStatement(sql: statements.tasks.former)
        return try Row.fetchOne(former, arguments: [task.rawValue]).flatMap { TaskState(task, $0, isSuperseded: true) }
    }

    private init?(_ task: TaskID, _ row: Row, isSuperseded: Bool) {
        guard let student = row.text(0), let session = row.text(1), let status = row.text(2).flatMap(TaskStatus.init) else {
            return nil
        }
        self.init(
            task: task,
            student: StudentRowID(student),
            session: SessionID(stored: session),
            status: status,
            attempt: row.integer(4) ?? 1,
            reportedAttempt: row.integer(9),
            isSuperseded: isSuperseded,
            resultHash: row.bytes(5),
            lastSignalAt: row.timestamp(6),
            firstProcessingAt: row.timestamp(7),
            gradedAt: row.timestamp(3),
            learnedVia: row.text(8).flatMap(ReportSource.init)
        )
    }
}

extension TaskWrite {
    func write(to db: Database, _ statements: SQLiteStatements, at now: Timestamp) throws {
        if let move {
            try writeStudent(move, to: db, statements, at: now)
        }
        try writeTask(to: db)
    }

    /// All of a result or nothing of it: scores of two reports are never mixed.
    private func writeStudent(_ move: TaskMove, to db: Database, _ statements: SQLiteStatements, at now: Timestamp) throws {
        let student = state.student.rawValue
        var arguments: StatementArguments = [state.status.rawValue, state.gradedAt?.milliseconds, now.milliseconds]
        if statements.layout.hasTaskWord { arguments += [move.word] }
        guard let result = move.result else {
            try db.cachedStatement(sql: statements.tasks.moveStudent).execute(arguments: arguments + [student])
            return
        }
        arguments += [result.totalScore, result.maxScore, result.percentage]
        let raw = String(decoding: result.raw, as: UTF8.self)
        if let keepResult = statements.tasks.keepResult {
            try db.cachedStatement(sql: keepResult).execute(arguments: [student, raw])
        } else {
            arguments += [raw]
        }
        try db.cachedStatement(sql: statements.tasks.moveStudentWithResult).execute(arguments: arguments + [student])
        try statements.parts.write(result.parts, of: state.student, to: db, at: now)
    }

    private func writeTask(to db: Database) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO monitor_tasks (task_id, student_id, last_signal_at, first_processing_at, learned_via, result_hash,
                    reported_attempt, needs_review, last_error, next_check_at)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?11)
                ON CONFLICT (task_id) DO UPDATE SET student_id = ?2, last_signal_at = ?3, first_processing_at = ?4,
                    learned_via = ?5, result_hash = ?6, reported_attempt = ?7, next_check_at = ?11,
                    needs_review = iif(?10, ?8, needs_review), last_error = iif(?10, ?9, last_error)
                """
        ).execute(
            arguments: [
                state.task.rawValue, state.student.rawValue, state.lastSignalAt?.milliseconds,
                state.firstProcessingAt?.milliseconds, state.learnedVia?.rawValue, state.resultHash?.databaseValue,
                state.reportedAttempt, move?.needsReview ?? false, move?.error, move != nil,
                nextCheckAt?.milliseconds,
            ]
        )
    }
}
