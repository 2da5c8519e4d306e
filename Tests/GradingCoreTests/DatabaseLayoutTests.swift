import Testing

@testable import GradingCore

@Suite("The layout of the web app's tables")
struct DatabaseLayoutTests {
    // MARK: Tables

    private static func table(_ columns: String, required: String = "", indexes: [FoundTable.Index] = []) -> FoundTable {
        let optional = columns.split(separator: " ").map { FoundTable.Column(String($0)) }
        let needing = required.split(separator: " ").map {
            FoundTable.Column(String($0), isRequired: true, isNullable: false)
        }
        return FoundTable(columns: optional + needing, indexes: indexes)
    }

    private static let logs = table(
        "metadata studentId context",
        required: "id level message createdAt gradingSessionId userId"
    )

    private static let first: [String: FoundTable] = [
        "users": table("name role createdAt", required: "id email updatedAt"),
        "grading_sessions": table(
            "status gradingRubric averageScore highestScore lowestScore passingRate createdAt startedAt completedAt",
            required: "id title subject examYear numStudents updatedAt userId"
        ),
        "students": table(
            "studentId fileName uploadedAt totalScore maxScore percentage status taskId createdAt gradedAt",
            required: "id name updatedAt gradingSessionId",
            indexes: [FoundTable.Index(["taskId"])]
        ),
        "question_scores": table(
            "createdAt",
            required: "id questionId score maxScore updatedAt studentId",
            indexes: [FoundTable.Index(["studentId", "questionId"], isUnique: true)]
        ),
        "session_logs": logs,
    ]

    private static let second: [String: FoundTable] = [
        "users": table("name createdAt", required: "id email role passwordHash updatedAt"),
        "grading_sessions": table(
            "numStudents createdAt startedAt completedAt",
            required: "id title subject examYear sessionStatus updatedAt userId"
        ),
        "students": table(
            "totalScore maxScorePossible percentage taskId aiTaskStatus rawGradingOutput createdAt gradedAt studentId",
            required: "id studentName studentGradingStatus updatedAt gradingSessionId fileName fileUrl fileMimeType fileSize",
            indexes: [FoundTable.Index(["taskId"], isUnique: true), FoundTable.Index(["studentId"], isUnique: true)]
        ),
        "session_logs": logs,
    ]

    private static func without(_ column: String, of table: String, in tables: [String: FoundTable]) -> [String: FoundTable] {
        var tables = tables
        tables[table]?.columns.removeAll { $0.name == column }
        return tables
    }

    private static func with(
        _ column: FoundTable.Column,
        in table: String,
        _ tables: [String: FoundTable]
    ) -> [String: FoundTable] {
        var tables = without(column.name, of: table, in: tables)
        tables[table]?.columns.append(column)
        return tables
    }

    // MARK: Generations

    @Test("the first generation is known by its names")
    func firstGeneration() throws {
        let layout = try DatabaseLayout(Self.first)
        #expect(layout.generation == .first)
        #expect(
            layout.mapping.map(\.column) == [
                "grading_sessions.status", "students.name", "students.status", "students.maxScore",
            ]
        )
        #expect(layout.sessionWords == .firstGeneration)
        #expect(layout.features == ["session scores", "question_scores"])
        #expect(layout.isStudentCountRequired)
        #expect(layout.gradedStatuses == [.completed, .requiresReview])
        #expect(layout.fillers == [ColumnFiller("students", "uploadedAt", .now)])
        #expect(layout.obstacles.isEmpty)
    }

    @Test("the second generation is known by its names, and gets something into the columns that registration knows nothing of")
    func secondGeneration() throws {
        let layout = try DatabaseLayout(Self.second)
        #expect(layout.generation == .second)
        #expect(
            layout.mapping.map(\.column) == [
                "grading_sessions.sessionStatus", "students.studentName", "students.studentGradingStatus",
                "students.maxScorePossible",
            ]
        )
        #expect(layout.sessionWords == .secondGeneration)
        #expect(layout.features == ["rawGradingOutput", "aiTaskStatus", "unique taskId", "unique studentId"])
        #expect(!layout.isStudentCountRequired)
        #expect(layout.gradedStatuses == [.completed, .requiresReview, .approved, .rejected])
        #expect(
            layout.fillers(of: "users") == [
                ColumnFiller("users", "role", .text("USER")), ColumnFiller("users", "passwordHash", .text("!")),
            ]
        )
        #expect(layout.fillers(of: "students").map(\.column) == ["fileName", "fileUrl", "fileMimeType", "fileSize"])
    }

    @Test("indexes that are missing are named")
    func indexes() throws {
        #expect(
            try DatabaseLayout(Self.first).missingIndexes == [
                "students(gradingSessionId, status, taskId)", "students(status)", "session_logs(gradingSessionId, createdAt)",
            ]
        )
        var tables = Self.first
        tables["students"]?.indexes += [
            FoundTable.Index(["gradingSessionId", "status", "taskId", "id"]), FoundTable.Index(["id"], isPartial: true),
        ]
        #expect(try DatabaseLayout(tables).missingIndexes == ["session_logs(gradingSessionId, createdAt)"])
    }

    // MARK: Refusals

    @Test(
        "what fits neither generation is refused by the name of the column",
        arguments: [
            (first, "users", "email"), (first, "grading_sessions", "status"), (first, "grading_sessions", "lowestScore"),
            (first, "students", "name"), (first, "students", "maxScore"), (first, "question_scores", "score"),
            (first, "session_logs", "level"), (second, "students", "studentName"), (second, "students", "maxScorePossible"),
            (second, "grading_sessions", "sessionStatus"), (second, "students", "studentGradingStatus"),
        ]
    )
    func missingColumn(_ tables: [String: FoundTable], _ table: String, _ column: String) {
        #expect(throws: StoreError.incompatibleSchema("the table \"\(table)\" has no column \"\(column)\"")) {
            try DatabaseLayout(Self.without(column, of: table, in: tables))
        }
    }

    @Test("a missing table is refused by its name, unless it is one that may be missing")
    func missingTable() throws {
        var tables = Self.first
        tables["question_scores"] = nil
        #expect(try !DatabaseLayout(tables).hasQuestionScores)
        tables["session_logs"] = nil
        #expect(throws: StoreError.incompatibleSchema("the database has no table \"session_logs\"")) {
            try DatabaseLayout(tables)
        }
        #expect(throws: StoreError.incompatibleSchema("the database has no table \"users\"")) { try DatabaseLayout([:]) }
    }

    @Test("a type without a word that is needed is refused by the word")
    func missingWord() throws {
        let words = ["PENDING", "PROCESSING", "COMPLETED", "FAILED", "REQUIRES_REVIEW", "APPROVED"]
        let status = FoundTable.Column("studentGradingStatus", words: words)
        #expect(
            try DatabaseLayout(Self.with(status, in: "students", Self.second)).gradedStatuses == [
                .completed, .requiresReview, .approved,
            ]
        )
        let unreviewed = FoundTable.Column("studentGradingStatus", words: words.filter { $0 != "REQUIRES_REVIEW" })
        let layout = try DatabaseLayout(Self.with(unreviewed, in: "students", Self.second))
        #expect(layout.gradedStatuses == [.completed, .approved])
        #expect(!layout.hasReviewStatus)
        let short = FoundTable.Column("studentGradingStatus", words: words.filter { $0 != "FAILED" })
        let missing = "the type of \"students\".\"studentGradingStatus\" has no value 'FAILED'"
        #expect(throws: StoreError.incompatibleSchema(missing)) {
            try DatabaseLayout(Self.with(short, in: "students", Self.second))
        }
        let wrong = FoundTable.Column("sessionStatus", words: ["PENDING", "IN_PROGRESS", "COMPLETED", "FAILED", "CANCELLED"])
        #expect(
            throws: StoreError.incompatibleSchema("the type of \"grading_sessions\".\"sessionStatus\" has no value 'PROCESSING'")
        ) {
            try DatabaseLayout(Self.with(wrong, in: "grading_sessions", Self.second))
        }
    }

    @Test("parts without the key by which they are written again are refused")
    func missingKey() {
        var tables = Self.first
        tables["question_scores"]?.indexes = [FoundTable.Index(["studentId", "questionId"])]
        let reason = "the table \"question_scores\" has no unique key (\"studentId\", \"questionId\")"
        #expect(throws: StoreError.incompatibleSchema(reason)) { try DatabaseLayout(tables) }
    }

    @Test("a column that requires a value which nobody has keeps registration from adding such rows, and logs from being kept")
    func obstacles() throws {
        let column = FoundTable.Column("schoolId", isRequired: true, isNullable: false)
        let layout = try DatabaseLayout(Self.with(column, in: "students", Self.first))
        #expect(layout.obstacles == ["students.schoolId"])
        #expect(layout.refusal(of: [Self.student("7")]) == .columnRequired("students.schoolId"))
        #expect(layout.refusal(of: []) == nil)
        #expect(layout.sessionRefusal == nil)
        #expect(
            try DatabaseLayout(Self.with(column, in: "users", Self.first)).sessionRefusal == .columnRequired("users.schoolId")
        )
        let reason = "the table \"session_logs\" requires a value for \"schoolId\", which the monitor does not know"
        #expect(throws: StoreError.incompatibleSchema(reason)) {
            try DatabaseLayout(Self.with(column, in: "session_logs", Self.first))
        }
    }

    @Test("a role that must be given and is not one that the type has is an obstacle")
    func role() throws {
        let role = FoundTable.Column("role", isRequired: true, isNullable: false, words: ["TEACHER"])
        let layout = try DatabaseLayout(Self.with(role, in: "users", Self.second))
        #expect(layout.sessionRefusal == .columnRequired("users.role"))
    }

    @Test("students without a number, or with one number twice, are refused where the table does not take them")
    func numbers() throws {
        let layout = try DatabaseLayout(Self.second)
        #expect(layout.refusal(of: [Self.student("7"), Self.student("8"), Self.student(nil)]) == nil)
        #expect(layout.refusal(of: [Self.student("7"), Self.student("7")]) == .studentIDTaken("7"))
        #expect(try DatabaseLayout(Self.first).refusal(of: [Self.student("7"), Self.student("7")]) == nil)
        let number = FoundTable.Column("studentId", isRequired: true, isNullable: false)
        let strict = try DatabaseLayout(Self.with(number, in: "students", Self.second))
        #expect(strict.refusal(of: [Self.student(nil)]) == .studentIDRequired)
    }

    private static func student(_ number: String?) -> NewStudent {
        NewStudent(StudentRowID("row"), .fake("t1", number: number))
    }
}
