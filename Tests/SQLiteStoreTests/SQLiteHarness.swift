import Foundation
import GRDB
import GradingCore
import Logging
import StoreConformance

@testable import SQLiteStore

/// A store on a database of its own, in a file, as in production.
struct SQLiteHarness: StoreHarness {
    let sqlite: SQLiteStore
    var store: any Store { sqlite }
    var layout: DatabaseLayout { sqlite.statements.layout }

    /// Runs `body` with a fresh database and removes it afterwards.
    static func withFreshDatabase<Value>(_ body: (SQLiteHarness) async throws -> Value) async throws -> Value {
        try await withDatabase(.fresh, body)
    }

    /// Runs `body` with a database without rows and removes it afterwards.
    static func withDatabase<Value>(
        _ layout: TestedLayout,
        _ body: (SQLiteHarness) async throws -> Value
    ) async throws -> Value {
        try await withTemporaryPath { path in
            if let schema = try layout.schema(for: "sqlite") { try await execute(schema, at: path) }
            let harness = SQLiteHarness(sqlite: try await SQLiteStore.open(path: path, logger: Logger(label: "test")))
            let value = try await body(harness)
            try harness.sqlite.close()
            return value
        }
    }

    /// Writes into a database past every store.
    static func execute(_ sql: String, at path: String) async throws {
        let queue = try DatabaseQueue(path: path)
        try await queue.write { db in try db.execute(sql: sql) }
        try queue.close()
    }

    static func withTemporaryPath<Value>(_ body: (String) async throws -> Value) async throws -> Value {
        let directory = FileManager.default.temporaryDirectory.appending(path: "grading-monitor-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        return try await body(directory.appending(path: "test.db").path)
    }

    func addSession(_ id: SessionID, status: SessionStatus) async throws {
        let word = store.sessionWords.word(for: status)
        let (layout, users) = (layout, Fillers(layout, "users", now: "0"))
        try await sqlite.queue.write { db in
            try db.execute(
                sql: """
                    INSERT OR IGNORE INTO users (id, email, role, updatedAt\(users.columns))
                    VALUES ('owner', 'owner@example.org', 'USER', 0\(users.values));
                    """
            )
            try db.execute(
                sql: """
                    INSERT INTO grading_sessions (id, title, subject, examYear, \(layout.sessionStatus), numStudents, updatedAt, userId)
                    VALUES (?, 'A session', 'Mathematics', '2026', ?, 0, 0, 'owner')
                    """,
                arguments: [id.rawValue, word]
            )
        }
    }

    func addStudent(_ student: WebAppStudent) async throws {
        let (layout, students) = (layout, Fillers(layout, "students", now: "0"))
        try await sqlite.queue.write { db in
            try db.execute(
                sql: """
                    INSERT INTO students (id, \(layout.studentName), studentId, \(layout.studentStatus), taskId, updatedAt, gradedAt,
                        gradingSessionId\(students.columns))
                    VALUES (?, 'Ada Obi', ?, ?, ?, ?, ?, ?\(students.values))
                    """,
                arguments: [
                    student.row.rawValue, student.studentID, student.status.rawValue, student.task,
                    student.updatedAt.milliseconds, student.gradedAt?.milliseconds, student.session.rawValue,
                ]
            )
        }
    }

    func setStatus(of row: StudentRowID, to status: TaskStatus, at now: Timestamp) async throws {
        let column = layout.studentStatus
        try await sqlite.queue.write { db in
            try db.execute(
                sql: "UPDATE students SET \(column) = ?, updatedAt = ? WHERE id = ?",
                arguments: [status.rawValue, now.milliseconds, row.rawValue]
            )
        }
    }

    func student(_ row: StudentRowID) async throws -> StoredStudent? {
        let layout = layout
        return try await sqlite.queue.read { db in
            let kept =
                try layout.hasRawOutput
                ? nil
                : Row.fetchOne(
                    db,
                    sql: "SELECT result FROM monitor_results WHERE student_id = ?",
                    arguments: [row.rawValue]
                )
            return try Row.fetchOne(db, sql: "SELECT * FROM students WHERE id = ?", arguments: [row.rawValue]).map { row in
                StoredStudent(
                    status: row[layout.studentStatus],
                    task: row["taskId"],
                    totalScore: row["totalScore"],
                    maxScore: row[layout.studentMaximum],
                    percentage: row["percentage"],
                    gradedAt: Timestamp(row["gradedAt"] as DatabaseValue),
                    updatedAt: Timestamp(row["updatedAt"] as DatabaseValue),
                    rawGradingOutput: layout.hasRawOutput ? row.text(named: "rawGradingOutput") : kept?.text(0)
                )
            }
        }
    }

    func session(_ id: SessionID) async throws -> StoredSession? {
        let layout = layout
        return try await sqlite.queue.read { db in
            try Row.fetchOne(db, sql: "SELECT * FROM grading_sessions WHERE id = ?", arguments: [id.rawValue]).map { row in
                StoredSession(
                    status: row[layout.sessionStatus],
                    averageScore: row["averageScore"],
                    highestScore: row["highestScore"],
                    lowestScore: row["lowestScore"],
                    passingRate: row["passingRate"],
                    startedAt: Timestamp(row["startedAt"] as DatabaseValue),
                    completedAt: Timestamp(row["completedAt"] as DatabaseValue)
                )
            }
        }
    }

    func taskWord(of row: StudentRowID) async throws -> String? {
        guard layout.hasTaskWord else { return nil }
        return try await sqlite.queue.read { db in
            try String.fetchOne(db, sql: "SELECT aiTaskStatus FROM students WHERE id = ?", arguments: [row.rawValue])
        }
    }

    func questionScores(of row: StudentRowID) async throws -> [StoredScore] {
        guard layout.hasQuestionScores else { return [] }
        return try await sqlite.queue.read { db in
            try Row.fetchAll(
                db,
                sql: "SELECT * FROM question_scores WHERE studentId = ? ORDER BY questionId",
                arguments: [row.rawValue]
            ).map { row in
                StoredScore(
                    question: row["questionId"],
                    score: row["score"],
                    maximum: row["maxScore"],
                    createdAt: Timestamp(row["createdAt"] as DatabaseValue),
                    updatedAt: Timestamp(row["updatedAt"] as DatabaseValue)
                )
            }
        }
    }

    func feedback(of row: StudentRowID) async throws -> [StoredFeedback] {
        guard layout.hasFeedback else { return [] }
        return try await sqlite.queue.read { db in
            try Row.fetchAll(
                db,
                sql: "SELECT * FROM student_feedback WHERE studentId = ? ORDER BY questionId, type",
                arguments: [row.rawValue]
            ).map { StoredFeedback(question: $0["questionId"], text: $0["feedback"], type: $0["type"]) }
        }
    }

    func addFeedback(_ feedback: StoredFeedback, to row: StudentRowID) async throws {
        try await sqlite.queue.write { db in
            try db.execute(
                sql: """
                    INSERT INTO student_feedback (id, questionId, feedback, type, updatedAt, studentId) VALUES (?, ?, ?, ?, 0, ?)
                    """,
                arguments: [UUID().uuidString, feedback.question, feedback.text, feedback.type, row.rawValue]
            )
        }
    }
}

extension Row {
    /// Whatever the affinity of the column made of it.
    fileprivate func text(named column: String) -> String? {
        columnNames.firstIndex(of: column).flatMap { text(columnNames.distance(from: columnNames.startIndex, to: $0)) }
    }
}
