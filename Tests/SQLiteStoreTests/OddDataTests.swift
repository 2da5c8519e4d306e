import Foundation
import GRDB
import GradingCore
import Logging
import StoreConformance
import Testing

@testable import SQLiteStore

/// SQLite lets every column hold anything, and the web app's rows are not ours: no value may end the process.
@Suite("Odd values in the web app's rows")
struct OddDataTests {
    private static let session = SessionID("session-1")!
    private static let task = TaskID("task-1")!

    /// Updates that the web app's schema allows, or that SQLite lets through.
    static let oddities = [
        "UPDATE students SET updatedAt = 9e999, createdAt = 1e19, gradedAt = 9e999",
        "UPDATE students SET updatedAt = 'soon', createdAt = 'soon', gradedAt = 'soon'",
        "UPDATE students SET updatedAt = x'00', createdAt = x'00', gradedAt = x'00'",
        "UPDATE students SET status = x'00'",
        "UPDATE students SET status = 'SLEEPING'",
        "UPDATE students SET name = x'ff', studentId = x'ff'",
        "UPDATE students SET totalScore = 'many', maxScore = x'00', percentage = 'all'",
        "UPDATE grading_sessions SET status = x'00'",
        "UPDATE grading_sessions SET status = 'SLEEPING'",
        "UPDATE session_logs SET level = x'00', message = x'00', context = x'00', studentId = 5, metadata = x'00'",
        "UPDATE session_logs SET createdAt = 'soon', metadata = 7",
    ]

    @Test("are read without a trap by everything that reads", arguments: oddities)
    func survives(_ oddity: String) async throws {
        try await SQLiteHarness.withFreshDatabase { harness in
            try await harness.addSession(Self.session, status: .processing)
            try await harness.addStudent(WebAppStudent("row-1", in: Self.session, task: "task-1"))
            let note = NewSessionLog(
                session: Self.session,
                level: .info,
                message: "m",
                context: nil,
                studentID: nil,
                metadata: "5"
            )
            _ = try await harness.store.addLog(note, at: .start)
            try await harness.sqlite.queue.write { db in try db.execute(sql: oddity) }

            _ = try await harness.store.statistics()
            _ = try await harness.store.sessionSummary(Self.session)
            #expect(try await harness.store.logs(of: Self.session, limit: 10, before: nil)?.count == 1)
            _ = try await harness.store.rollUpSessions(at: .start)
            let claim = ClaimRequest(
                limit: 10,
                now: .start.advanced(by: .seconds(900)),
                owner: "a",
                leaseExpiresAt: .start
            )
            _ = try await harness.store.scheduleOpenTasks(at: .start)
            _ = try await harness.store.claimDueTasks(claim)
            _ = try await harness.store.claimTask(Self.task, claim)
            let registration = TaskRegistration(
                task: Self.task,
                studentName: "A",
                studentID: nil,
                priority: 5,
                session: SessionRegistration(id: Self.session, title: nil, subject: nil, examYear: nil, numStudents: nil)
            )
            _ = try await harness.store.register([registration], at: .start)
            let report = TaskReport(
                task: Self.task,
                word: "FAILED",
                meaning: .known(.failed),
                provenance: Provenance(source: .manual, observedAt: .start)
            )
            _ = try await harness.store.apply([report], at: .start)
        }
    }

    @Test("a JSON number in a log's metadata is read back as it was given")
    func numericMetadata() async throws {
        try await SQLiteHarness.withFreshDatabase { harness in
            try await harness.addSession(Self.session, status: .pending)
            let note = NewSessionLog(
                session: Self.session,
                level: .info,
                message: "m",
                context: nil,
                studentID: nil,
                metadata: "1.50"
            )
            _ = try await harness.store.addLog(note, at: .start)
            #expect(try await harness.store.logs(of: Self.session, limit: 1, before: nil)?.first?.metadata == "1.50")
        }
    }

    @Test("a result is kept byte for byte")
    func resultBytes() async throws {
        try await SQLiteHarness.withFreshDatabase { harness in
            try await harness.addSession(Self.session, status: .pending)
            try await harness.addStudent(WebAppStudent("row-1", in: Self.session, task: "task-1"))
            let report = TaskReport(
                task: Self.task,
                word: "COMPLETED",
                meaning: .known(.completed),
                result: GradingResult(
                    raw: Array(#"{"b": 1.50, "a":[ ]}"#.utf8),
                    totalScore: nil,
                    maxScore: nil,
                    assessment: .needsReview("odd")
                ),
                provenance: Provenance(source: .manual, observedAt: .start)
            )
            _ = try await harness.store.apply([report], at: .start)
            let stored = try await harness.sqlite.queue.read { db in
                try String.fetchOne(db, sql: "SELECT rawGradingOutput FROM students")
            }
            #expect(stored == #"{"b": 1.50, "a":[ ]}"#)
        }
    }

    @Test("a row of the change feed that cannot be read is left out, and the feed goes on behind it")
    func unreadableChange() async throws {
        try await SQLiteHarness.withFreshDatabase { harness in
            try await harness.sqlite.queue.write { db in
                for (kind, task, status, at) in [
                    ("task", "task-1", "SLEEPING", "1"), ("task", "not an id/", "FAILED", "1"),
                    ("rumour", "task-1", "FAILED", "1"),
                    ("session", "", "SLEEPING", "1"), ("task", "task-1", "FAILED", "soon"), ("task", "task-1", "FAILED", "1"),
                ] {
                    try db.execute(
                        sql: """
                            INSERT INTO monitor_changes
                                (kind, task_id, student_id, session_id, from_status, to_status, source, at)
                            VALUES (?, ?, 'row-1', 'session-1', 'PENDING', ?, 'callback', ?)
                            """,
                        arguments: [kind, task, status, at]
                    )
                }
            }
            #expect(try await harness.store.changes(after: 0, limit: 1).changes.map(\.sequence) == [6])
        }
    }

    @Test("a row whose time cannot be read is due, not forgotten")
    func unreadableTime() async throws {
        try await SQLiteHarness.withFreshDatabase { harness in
            try await harness.addSession(Self.session, status: .pending)
            try await harness.addStudent(WebAppStudent("row-1", in: Self.session, task: "task-1"))
            try await harness.sqlite.queue.write { db in
                try db.execute(sql: "UPDATE students SET updatedAt = '2026-01-01 00:00:00 UTC'")
            }
            let claim = ClaimRequest(
                limit: 10,
                now: .start,
                owner: "a",
                leaseExpiresAt: .start.advanced(by: .seconds(60))
            )
            #expect(try await harness.store.scheduleOpenTasks(at: .start) == 1)
            #expect(try await harness.store.claimDueTasks(claim).map(\.task) == [Self.task])
        }
    }

    @Test("a task whose student was deleted can be registered again")
    func deletedStudent() async throws {
        try await SQLiteHarness.withFreshDatabase { harness in
            let registration = TaskRegistration(
                task: Self.task,
                studentName: "A",
                studentID: nil,
                priority: 5,
                session: SessionRegistration(id: Self.session, title: nil, subject: nil, examYear: nil, numStudents: nil)
            )
            _ = try await harness.store.register([registration], at: .start)
            try await harness.sqlite.queue.write { db in try db.execute(sql: "DELETE FROM grading_sessions") }
            let again = try await harness.store.register([registration], at: .start)
            #expect(again == .registered(new: 1, unchanged: 0))
        }
    }

    @Test("a parked report is read back with the operator's own words")
    func extendedVocabulary() async throws {
        try await SQLiteHarness.withTemporaryPath { path in
            let vocabulary = StatusVocabulary.standard.extended(with: ["ARCHIVED": .failed])
            let store = try await SQLiteStore.open(
                path: path,
                decoder: ReportDecoder(vocabulary: vocabulary),
                logger: Logger(label: "test")
            )
            let delivery = Delivery(id: "d1", bodyHash: [1], keyID: "k")
            let report = TaskReport(
                task: Self.task,
                word: "ARCHIVED",
                meaning: .known(.failed),
                provenance: Provenance(source: .callback, observedAt: .start, delivery: delivery)
            )
            _ = try await store.apply([report], at: .start)
            let harness = SQLiteHarness(sqlite: store)
            try await harness.addSession(Self.session, status: .pending)
            try await harness.addStudent(WebAppStudent("row-1", in: Self.session, task: "task-1"))
            #expect(try await store.parkedReports(limit: 1).map(\.meaning) == [.known(.failed)])
            try store.close()
        }
    }
}
