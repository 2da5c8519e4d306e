import FoundationEssentials
import GradingCore
import Logging
import StoreConformance
import Testing

@testable import PostgresStore

/// A database that the web app has made and filled (Tests/Fixtures), served as it is.
@Suite(
    "Adopting the web app's database on PostgreSQL",
    .enabled(if: PostgresServer.isWanted),
    .serialized,
    .timeLimit(.minutes(2))
)
struct PostgresAdoptionTests {
    private static func withAdopted<Value>(
        _ layout: TestedLayout,
        _ body: (TestDatabase) async throws -> Value
    ) async throws -> Value {
        try await PostgresServer.withFreshDatabase { database in
            try await database.executeAll(layout.schema(for: "postgres") ?? "")
            try await database.executeAll(layout.data(for: "postgres") ?? "")
            return try await body(database)
        }
    }

    @Test("where a student cannot stand at REQUIRES_REVIEW, COMPLETED with a warning and a mark stands for it")
    func reviewWithoutStatus() async throws {
        try await PostgresServer.withFreshDatabase { database in
            let schema = try #require(try TestedLayout.firstGeneration.schema(for: "postgres"))
            let unreviewed = schema.replacing(", 'REQUIRES_REVIEW'", with: "")
            #expect(unreviewed != schema)
            try await database.executeAll(unreviewed)
            try await database.withStore { store in
                let harness = PostgresHarness(postgres: store, database: database)
                let session = try #require(SessionID("g"))
                try await harness.addSession(session, status: .pending)
                let student = WebAppStudent("s", in: session, task: "t")
                try await harness.addStudent(student)
                let report = TaskReport(
                    task: try #require(TaskID("t")),
                    word: "SUCCESS",
                    meaning: .known(.completed),
                    provenance: Provenance(source: .manual, observedAt: .start)
                )
                _ = try await store.apply([report], at: .start)
                #expect(try await harness.student(student.row)?.status == "COMPLETED")
                #expect(try await store.logs(of: session, limit: 9, before: nil)?.map(\.level) == [.warning])
                #expect(try await store.statistics().requiresReview == 1)
            }
        }
    }

    @Test("one roll-up ends the session that the web app left behind, and nothing else changes", arguments: TestedLayout.adopted)
    func rollUp(_ layout: TestedLayout) async throws {
        try await Self.withAdopted(layout) { database in
            let before = try await (database.schema(), database.rows())
            try await database.withStore { store in
                let harness = PostgresHarness(postgres: store, database: database)
                #expect(store.layout.database.generation == (layout == .firstGeneration ? .first : .second))
                let left = try #require(SessionID("session-left"))
                #expect(try await harness.session(left)?.completedAt == nil)
                #expect(try await store.rollUpSessions(at: .start) == 1)
                let session = try #require(try await harness.session(left))
                #expect(session.status == "COMPLETED")
                #expect(session.completedAt == .start)
                #expect(session.averageScore == (layout == .firstGeneration ? 50 : nil))
            }
            #expect(try await database.schema() == before.0)
            let after = try await database.rows()
            #expect(before.1.subtracting(after).map { $0.prefix(34) } == ["grading_sessions {\"id\": \"session-l"])
            #expect(after.count == before.1.count)
        }
    }

    @Test("callbacks, checks and retries touch the rows of their students and sessions only", arguments: TestedLayout.adopted)
    func work(_ layout: TestedLayout) async throws {
        try await Self.withAdopted(layout) { database in
            let before = try await (database.schema(), database.rows())
            try await database.withStore { store in
                _ = try await store.scheduleOpenTasks(at: .start)
                let tasks = ["task-open-1", "task-open-4", "task-people-1", "task-people-2"].compactMap(TaskID.init)
                let reports = tasks.map { task in
                    TaskReport(
                        task: task,
                        word: "SUCCESS",
                        meaning: .known(.completed),
                        result: Self.result,
                        provenance: Provenance(source: .manual, observedAt: .start)
                    )
                }
                _ = try await store.apply(reports, at: .start)
                let session = SessionRegistration(
                    id: try #require(SessionID("session-failed")),
                    title: nil,
                    subject: nil,
                    examYear: nil,
                    numStudents: nil
                )
                let retry = TaskRegistration(
                    task: try #require(TaskID("task-retry-1")),
                    studentName: "Emeka Obi",
                    studentID: "2010/021",
                    priority: 5,
                    session: session
                )
                #expect(try await store.register([retry], at: .start) == .registered(new: 1, unchanged: 0))
                #expect(try await store.task(retry.task)?.attempt == 2)
            }
            #expect(try await database.schema() == before.0)
            let after = try await database.rows()
            let touched = before.1.subtracting(after).compactMap { $0.firstMatch(of: /"id": "([^"]+)"/)?.output.1 }
            #expect(touched.sorted() == ["row-failed-1", "row-open-1", "row-open-4", "session-failed"])
            let added = after.count - before.1.count
            #expect(added == (layout == .firstGeneration ? 8 : 4))
        }
    }

    private static let result = GradingResult(
        raw: Array(#"{"results":{"1":{"score":3,"max_score":4,"feedback":"ẹ kú iṣẹ́"}}}"#.utf8),
        totalScore: 3,
        maxScore: 4,
        assessment: .graded,
        parts: [GradedPart(question: "1", score: 3, maximum: 4, feedback: "ẹ kú iṣẹ́")]
    )

    @Test("inspection sees what is behind and stuck, and writes nothing", arguments: TestedLayout.adopted)
    func inspection(_ layout: TestedLayout) async throws {
        try await Self.withAdopted(layout) { database in
            let inspected = try await PostgresStore.inspect(url: database.url, logger: .quiet)
            try expectFindings(in: inspected, layout)
            #expect(inspected.description.schemaVersion == nil)
            let own = try await database.lines("SELECT nspname::text FROM pg_namespace WHERE nspname = 'grading_monitor'")
            #expect(own.isEmpty)
            try await database.withStore { _ in }
            let again = try await PostgresStore.inspect(url: database.url, logger: .quiet)
            #expect(again.description.schemaVersion == MonitorSchema.version)
            #expect(again.openTasks == inspected.openTasks)
        }
    }

    @Test("what fits neither generation is refused by name, and nothing is made")
    func refusals() async throws {
        try await Self.withAdopted(.secondGeneration) { database in
            try await database.execute(#"ALTER TABLE students RENAME COLUMN "studentName" TO "fullName""#)
            await #expect(throws: StoreError.incompatibleSchema(#"the table "students" has no column "studentName""#)) {
                try await database.store()
            }
            try await database.execute(#"ALTER TABLE students RENAME COLUMN "fullName" TO "studentName""#)
            try await database.execute(#"ALTER TYPE "SessionStatus" RENAME VALUE 'PROCESSING' TO 'WORKING'"#)
            let reason = #"the type of "grading_sessions"."sessionStatus" has no value 'PROCESSING'"#
            await #expect(throws: StoreError.incompatibleSchema(reason)) { try await database.store() }
            let own = try await database.lines("SELECT nspname::text FROM pg_namespace WHERE nspname = 'grading_monitor'")
            #expect(own.isEmpty)
        }
    }

    @Test("a role that may not take rows of parts away is told what to grant")
    func privileges() async throws {
        try await Self.withAdopted(.firstGeneration) { database in
            try await database.withStore { _ in }
            let role = "parts_\(abs(database.url.hashValue))"
            try await database.execute("CREATE ROLE \(role) LOGIN PASSWORD 'small'")
            try await database.execute("GRANT ALL ON SCHEMA grading_monitor TO \(role)")
            try await database.execute("GRANT ALL ON ALL TABLES IN SCHEMA grading_monitor TO \(role)")
            try await database.execute("GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO \(role)")
            var url = try PostgresServer.url()
            url.user = role
            url.password = "small"
            url.path = "/" + (database.url.split(separator: "/").last.map(String.init) ?? "")
            let text = try #require(url.string)
            let error = await #expect(throws: StoreError.self) { try await PostgresStore.open(url: text, logger: .quiet) }
            #expect(error?.reason.contains("DELETE on question_scores") == true)
            try await database.execute("GRANT DELETE ON question_scores, student_feedback TO \(role)")
            try await PostgresStore.open(url: text, logger: .quiet).close()
            try await database.execute("DROP OWNED BY \(role)")
            try await database.execute("DROP ROLE \(role)")
        }
    }
}

extension TestDatabase {
    /// The web app's schema: columns, keys, indexes and types, a line each.
    fileprivate func schema() async throws -> [String] {
        try await lines(
            """
            SELECT 'column ' || attrelid::regclass || ' ' || attname || ' ' || format_type(atttypid, atttypmod) || ' ' || attnotnull
                || ' ' || coalesce(pg_get_expr(d.adbin, d.adrelid), '')
            FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
            WHERE attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace) AND attnum > 0
            UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
            UNION ALL SELECT 'constraint ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
                WHERE connamespace = 'public'::regnamespace
            UNION ALL SELECT 'enum ' || enumtypid::regtype || ' ' || enumlabel FROM pg_enum
            UNION ALL SELECT 'trigger ' || tgname FROM pg_trigger WHERE NOT tgisinternal
            ORDER BY 1
            """
        )
    }

    /// The web app's rows, each as its table's name and all of its values.
    fileprivate func rows() async throws -> Set<String> {
        var rows: Set<String> = []
        for table in try await lines("SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'") {
            rows.formUnion(try await lines("SELECT '\(table) ' || to_jsonb(t)::text FROM \"\(table)\" t"))
        }
        return rows
    }
}
