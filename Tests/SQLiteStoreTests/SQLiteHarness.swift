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

    /// Runs `body` with a fresh database and removes it afterwards.
    static func withFreshDatabase<Value>(_ body: (SQLiteHarness) async throws -> Value) async throws -> Value {
        try await withTemporaryPath { path in
            let harness = SQLiteHarness(sqlite: try await SQLiteStore.open(path: path, logger: Logger(label: "test")))
            let value = try await body(harness)
            try harness.sqlite.close()
            return value
        }
    }

    static func withTemporaryPath<Value>(_ body: (String) async throws -> Value) async throws -> Value {
        let directory = FileManager.default.temporaryDirectory.appending(path: "grading-monitor-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        return try await body(directory.appending(path: "test.db").path)
    }

    func addSession(_ id: SessionID, status: SessionStatus) async throws {
        let word = store.sessionWords.word(for: status)
        try await sqlite.queue.write { db in
            try db.execute(
                sql: """
                    INSERT OR IGNORE INTO users (id, email, role, updatedAt) VALUES ('owner', 'owner@example.org', 'USER', 0);
                    """
            )
            try db.execute(
                sql: """
                    INSERT INTO grading_sessions (id, title, subject, examYear, status, numStudents, updatedAt, userId)
                    VALUES (?, 'A session', 'Mathematics', '2026', ?, 0, 0, 'owner')
                    """,
                arguments: [id.rawValue, word]
            )
        }
    }

    func addStudent(_ student: WebAppStudent) async throws {
        try await sqlite.queue.write { db in
            try db.execute(
                sql: """
                    INSERT INTO students (id, name, studentId, status, taskId, updatedAt, gradedAt, gradingSessionId)
                    VALUES (?, 'Ada Obi', ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    student.row.rawValue, student.studentID, student.status.rawValue, student.task,
                    student.updatedAt.milliseconds, student.gradedAt?.milliseconds, student.session.rawValue,
                ]
            )
        }
    }

    func setStatus(of row: StudentRowID, to status: TaskStatus, at now: Timestamp) async throws {
        try await sqlite.queue.write { db in
            try db.execute(
                sql: "UPDATE students SET status = ?, updatedAt = ? WHERE id = ?",
                arguments: [status.rawValue, now.milliseconds, row.rawValue]
            )
        }
    }

    func student(_ row: StudentRowID) async throws -> StoredStudent? {
        try await sqlite.queue.read { db in
            try Row.fetchOne(db, sql: "SELECT * FROM students WHERE id = ?", arguments: [row.rawValue]).map { row in
                StoredStudent(
                    status: row["status"],
                    task: row["taskId"],
                    totalScore: row["totalScore"],
                    maxScore: row["maxScore"],
                    percentage: row["percentage"],
                    gradedAt: Timestamp(row["gradedAt"] as DatabaseValue),
                    updatedAt: Timestamp(row["updatedAt"] as DatabaseValue),
                    rawGradingOutput: row["rawGradingOutput"]
                )
            }
        }
    }

    func session(_ id: SessionID) async throws -> StoredSession? {
        try await sqlite.queue.read { db in
            try Row.fetchOne(db, sql: "SELECT * FROM grading_sessions WHERE id = ?", arguments: [id.rawValue]).map { row in
                StoredSession(
                    status: row["status"],
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
}
