import GradingCore
import StoreConformance

@testable import PostgresStore

/// A store on a database of its own.
struct PostgresHarness: StoreHarness {
    let postgres: PostgresStore
    let database: TestDatabase
    var store: any Store { postgres }

    static func withFreshDatabase<Value>(_ body: (PostgresHarness) async throws -> Value) async throws -> Value {
        try await PostgresServer.withFreshDatabase { database in
            try await database.withStore { store in
                try await body(PostgresHarness(postgres: store, database: database))
            }
        }
    }

    func addSession(_ id: SessionID, status: SessionStatus) async throws {
        try await database.execute(
            """
            INSERT INTO users (id, email, role, "updatedAt") VALUES ('owner', 'owner@example.org', 'USER', to_timestamp(0))
            ON CONFLICT DO NOTHING
            """
        )
        try await database.execute(
            """
            INSERT INTO grading_sessions (id, title, subject, "examYear", status, "numStudents", "updatedAt", "userId")
            VALUES ($1, 'A session', 'Mathematics', '2026', $2::"SessionStatus", 0, to_timestamp(0), 'owner')
            """,
            .text(id.rawValue),
            .text(store.sessionWords.word(for: status))
        )
    }

    func addStudent(_ student: WebAppStudent) async throws {
        try await database.execute(
            """
            INSERT INTO students (id, name, "studentId", status, "taskId", "updatedAt", "gradedAt", "gradingSessionId")
            VALUES ($1, 'Ada Obi', $2, $3::"GradingStatus", $4, $5, $6, $7)
            """,
            .text(student.row.rawValue),
            .text(student.studentID),
            .text(student.status.rawValue),
            .text(student.task),
            .timestamp(student.updatedAt),
            .timestamp(student.gradedAt),
            .text(student.session.rawValue)
        )
    }

    func setStatus(of row: StudentRowID, to status: TaskStatus, at now: Timestamp) async throws {
        try await database.execute(
            #"UPDATE students SET status = $1::"GradingStatus", "updatedAt" = $2 WHERE id = $3"#,
            .text(status.rawValue),
            .timestamp(now),
            .text(row.rawValue)
        )
    }

    func student(_ row: StudentRowID) async throws -> StoredStudent? {
        try await database.first(
            """
            SELECT status::text, "taskId", "totalScore", "maxScore", percentage, "gradedAt", "updatedAt", "rawGradingOutput"::text
            FROM students WHERE id = $1
            """,
            .text(row.rawValue)
        ) { row in
            StoredStudent(
                status: row.text(0) ?? "",
                task: row.text(1),
                totalScore: row.double(2),
                maxScore: row.double(3),
                percentage: row.double(4),
                gradedAt: row.timestamp(5),
                updatedAt: row.timestamp(6),
                rawGradingOutput: row.text(7)
            )
        }
    }

    func session(_ id: SessionID) async throws -> StoredSession? {
        try await database.first(
            """
            SELECT status::text, "averageScore", "highestScore", "lowestScore", "passingRate", "startedAt", "completedAt"
            FROM grading_sessions WHERE id = $1
            """,
            .text(id.rawValue)
        ) { row in
            StoredSession(
                status: row.text(0) ?? "",
                averageScore: row.double(1),
                highestScore: row.double(2),
                lowestScore: row.double(3),
                passingRate: row.double(4),
                startedAt: row.timestamp(5),
                completedAt: row.timestamp(6)
            )
        }
    }
}
