import GradingCore
import StoreConformance

@testable import PostgresStore

/// A store on a database of its own.
struct PostgresHarness: StoreHarness {
    let postgres: PostgresStore
    let database: TestDatabase
    var store: any Store { postgres }
    var layout: DatabaseLayout { postgres.layout.database }

    static func withFreshDatabase<Value>(_ body: (PostgresHarness) async throws -> Value) async throws -> Value {
        try await withDatabase(.fresh, body)
    }

    /// Runs `body` with a database without rows and removes it afterwards.
    static func withDatabase<Value>(
        _ layout: TestedLayout,
        _ body: (PostgresHarness) async throws -> Value
    ) async throws -> Value {
        try await PostgresServer.withFreshDatabase { database in
            if let schema = try layout.schema(for: "postgres") { try await database.executeAll(schema) }
            return try await database.withStore { store in
                try await body(PostgresHarness(postgres: store, database: database))
            }
        }
    }

    func addSession(_ id: SessionID, status: SessionStatus) async throws {
        let users = Fillers(postgres.layout, "users", now: "now()")
        try await database.execute(
            """
            INSERT INTO users (id, email, role, "updatedAt"\(users.columns))
            VALUES ('owner', 'owner@example.org', 'USER', to_timestamp(0)\(users.values)) ON CONFLICT DO NOTHING
            """
        )
        try await database.execute(
            """
            INSERT INTO grading_sessions (id, title, subject, "examYear", \(postgres.layout.sessionState), "numStudents", "updatedAt", "userId")
            VALUES ($1, 'A session', 'Mathematics', '2026', $2::"SessionStatus", 0, to_timestamp(0), 'owner')
            """,
            .text(id.rawValue),
            .text(store.sessionWords.word(for: status))
        )
    }

    func addStudent(_ student: WebAppStudent) async throws {
        let fillers = Fillers(postgres.layout, "students", now: "now()")
        try await database.execute(
            """
            INSERT INTO students (id, \(postgres.layout.studentName), "studentId", \(postgres.layout.studentState), "taskId",
                "updatedAt", "gradedAt", "gradingSessionId"\(fillers.columns))
            VALUES ($1, 'Ada Obi', $2, $3::\(postgres.layout.gradingStatus), $4, $5, $6, $7\(fillers.values))
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
            """
            UPDATE students SET \(postgres.layout.studentState) = $1::\(postgres.layout.gradingStatus), "updatedAt" = $2 WHERE id = $3
            """,
            .text(status.rawValue),
            .timestamp(now),
            .text(row.rawValue)
        )
    }

    func student(_ row: StudentRowID) async throws -> StoredStudent? {
        let result =
            layout.hasRawOutput
            ? #""rawGradingOutput"::text"#
            : "(SELECT r.result::text FROM grading_monitor.results r WHERE r.student_id = students.id)"
        return try await database.first(
            """
            SELECT \(postgres.layout.studentState)::text, "taskId", "totalScore", \(postgres.layout.studentMaximum), percentage,
                "gradedAt", "updatedAt", \(result)
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
        let scores =
            layout.hasSessionScores
            ? #""averageScore", "highestScore", "lowestScore", "passingRate""#
            : "NULL::float8, NULL::float8, NULL::float8, NULL::float8"
        return try await database.first(
            """
            SELECT \(postgres.layout.sessionState)::text, \(scores), "startedAt", "completedAt"
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

    func taskWord(of row: StudentRowID) async throws -> String? {
        guard layout.hasTaskWord else { return nil }
        return try await database.first(#"SELECT "aiTaskStatus" FROM students WHERE id = $1"#, .text(row.rawValue)) {
            $0.text(0)
        } ?? nil
    }

    func questionScores(of row: StudentRowID) async throws -> [StoredScore] {
        guard layout.hasQuestionScores else { return [] }
        return try await database.all(
            """
            SELECT "questionId", score, "maxScore", "createdAt", "updatedAt" FROM question_scores WHERE "studentId" = $1
            ORDER BY "questionId" COLLATE "C"
            """,
            .text(row.rawValue)
        ) { row in
            StoredScore(
                question: row.text(0) ?? "",
                score: row.double(1) ?? .nan,
                maximum: row.double(2) ?? .nan,
                createdAt: row.timestamp(3),
                updatedAt: row.timestamp(4)
            )
        }
    }

    func feedback(of row: StudentRowID) async throws -> [StoredFeedback] {
        guard layout.hasFeedback else { return [] }
        return try await database.all(
            """
            SELECT "questionId", feedback, type::text FROM student_feedback WHERE "studentId" = $1
            ORDER BY "questionId" COLLATE "C", type
            """,
            .text(row.rawValue)
        ) { StoredFeedback(question: $0.text(0) ?? "", text: $0.text(1) ?? "", type: $0.text(2) ?? "") }
    }

    func addFeedback(_ feedback: StoredFeedback, to row: StudentRowID) async throws {
        try await database.execute(
            """
            INSERT INTO student_feedback (id, "questionId", feedback, type, "updatedAt", "studentId")
            VALUES (gen_random_uuid()::text, $1, $2, $3::\(postgres.layout.feedbackType), to_timestamp(0), $4)
            """,
            .text(feedback.question),
            .text(feedback.text),
            .text(feedback.type),
            .text(row.rawValue)
        )
    }
}
