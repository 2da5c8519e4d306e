import Foundation
import GRDB
import GradingCore
import Logging
import StoreConformance
import Testing

@testable import SQLiteStore

/// A database that the web app has made and filled (Tests/Fixtures), served as it is.
@Suite("Adopting the web app's database on SQLite")
struct SQLiteAdoptionTests {
    private static let logger = Logger(label: "test")

    /// Runs `body` with the path of a database with the awkward data of a generation.
    private static func withAdopted<Value>(
        _ layout: TestedLayout,
        _ body: (String) async throws -> Value
    ) async throws -> Value {
        try await SQLiteHarness.withTemporaryPath { path in
            try await SQLiteHarness.execute(layout.schema(for: "sqlite") ?? "", at: path)
            try await SQLiteHarness.execute(layout.data(for: "sqlite") ?? "", at: path)
            return try await body(path)
        }
    }

    /// All that is not the monitor's own, as SQL and as the bytes and types of every value.
    private static func dump(_ path: String) throws -> (schema: [String], rows: [String: String]) {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        return try queue.read { db in
            let own = "name NOT LIKE 'monitor_%' AND tbl_name NOT LIKE 'monitor_%' AND name NOT LIKE 'sqlite_%'"
            let schema = try String.fetchAll(
                db,
                sql: "SELECT sql FROM sqlite_schema WHERE \(own) AND sql IS NOT NULL ORDER BY name"
            )
            var rows: [String: String] = [:]
            for table in try String.fetchAll(db, sql: "SELECT name FROM sqlite_schema WHERE type = 'table' AND \(own)") {
                let values = try db.columns(in: table).map { #"typeof("\#($0.name)") || ':' || quote("\#($0.name)")"# }
                let sql = "SELECT '\(table) ' || id, \(values.joined(separator: " || ',' || ")) FROM \"\(table)\""
                for row in try Row.fetchAll(db, sql: sql) { rows[row[0]] = row[1] }
            }
            return (schema, rows)
        }
    }

    @Test("one roll-up ends the session that the web app left behind, and nothing else changes", arguments: TestedLayout.adopted)
    func rollUp(_ layout: TestedLayout) async throws {
        try await Self.withAdopted(layout) { path in
            let before = try Self.dump(path)
            let store = try await SQLiteStore.open(path: path, logger: Self.logger)
            let harness = SQLiteHarness(sqlite: store)
            #expect(store.statements.layout.generation == (layout == .firstGeneration ? .first : .second))
            let left = try #require(SessionID("session-left"))
            #expect(try await harness.session(left)?.completedAt == nil)
            #expect(try await store.rollUpSessions(at: .start) == 1)
            let session = try #require(try await harness.session(left))
            #expect(session.status == "COMPLETED")
            #expect(session.completedAt == .start)
            #expect(session.averageScore == (layout == .firstGeneration ? 50 : nil))
            try store.close()

            let after = try Self.dump(path)
            #expect(after.schema == before.schema)
            #expect(after.rows.filter { before.rows[$0.key] != $0.value }.keys.sorted() == ["grading_sessions session-left"])
            #expect(after.rows.count == before.rows.count)
        }
    }

    @Test("callbacks, checks and retries touch the rows of their students and sessions only", arguments: TestedLayout.adopted)
    func work(_ layout: TestedLayout) async throws {
        try await Self.withAdopted(layout) { path in
            let before = try Self.dump(path)
            let store = try await SQLiteStore.open(path: path, logger: Self.logger)
            _ = try await store.scheduleOpenTasks(at: .start)
            let result = GradingResult(
                raw: Array(#"{"results":{"1":{"score":3,"max_score":4,"feedback":"ẹ kú iṣẹ́"}}}"#.utf8),
                totalScore: 3,
                maxScore: 4,
                assessment: .graded,
                parts: [GradedPart(question: "1", score: 3, maximum: 4, feedback: "ẹ kú iṣẹ́")]
            )
            for (number, task) in ["task-open-1", "task-open-4", "task-people-1", "task-people-2"].enumerated() {
                let report = TaskReport(
                    task: try #require(TaskID(task)),
                    word: "SUCCESS",
                    meaning: .known(.completed),
                    result: result,
                    provenance: Provenance(
                        source: .callback,
                        observedAt: .start,
                        delivery: Delivery(id: "d\(number)", bodyHash: Array(repeating: 1, count: 32), keyID: "k")
                    )
                )
                _ = try await store.apply([report], at: .start)
            }
            let retry = TaskRegistration(
                task: try #require(TaskID("task-retry-1")),
                studentName: "Emeka Obi",
                studentID: "2010/021",
                priority: 5,
                session: SessionRegistration(
                    id: try #require(SessionID("session-failed")),
                    title: nil,
                    subject: nil,
                    examYear: nil,
                    numStudents: nil
                )
            )
            #expect(try await store.register([retry], at: .start) == .registered(new: 1, unchanged: 0))
            #expect(try await store.task(retry.task)?.attempt == 2)
            let odd = try await SQLiteHarness(sqlite: store).student(StudentRowID("row-open-4"))
            #expect(odd?.status == "COMPLETED")
            try store.close()

            let after = try Self.dump(path)
            #expect(after.schema == before.schema)
            #expect(
                before.rows.filter { after.rows[$0.key] != $0.value }.keys.sorted() == [
                    "grading_sessions session-failed", "students row-failed-1", "students row-open-1", "students row-open-4",
                ]
            )
            let new = after.rows.keys.filter { before.rows[$0] == nil }.map { $0.prefix { $0 != " " } }
            #expect(
                Dictionary(grouping: new) { String($0) }.mapValues(\.count)
                    == (layout == .firstGeneration
                        ? ["session_logs": 3, "question_scores": 2, "student_feedback": 2, "users": 1]
                        : ["session_logs": 3, "users": 1])
            )
        }
    }

    @Test("inspection sees what is behind and stuck, and leaves the file as it was", arguments: TestedLayout.adopted)
    func inspection(_ layout: TestedLayout) async throws {
        try await Self.withAdopted(layout) { path in
            let before = try Data(contentsOf: URL(filePath: path))
            let inspected = try await SQLiteStore.inspect(path: path)
            #expect(try Data(contentsOf: URL(filePath: path)) == before)
            let files = try FileManager.default.contentsOfDirectory(atPath: URL(filePath: path).deletingLastPathComponent().path)
            #expect(files == ["test.db"])
            try expectFindings(in: inspected, layout)
            #expect(inspected.description.schemaVersion == nil)
            // The same after the monitor was there.
            try await SQLiteStore.open(path: path, logger: Self.logger).close()
            let again = try await SQLiteStore.inspect(path: path)
            #expect(again.description.schemaVersion == MonitorSchema.version)
            #expect(again.openTasks == inspected.openTasks)
        }
    }
}
