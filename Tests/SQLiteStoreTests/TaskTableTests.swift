import GRDB
import GradingCore
import Logging
import StoreConformance
import Testing

@testable import SQLiteStore

/// What a sweep costs the disk: each page that a transaction writes is flushed, and written again by the next checkpoint.
@Suite("How tasks lie in the SQLite file")
struct TaskTableTests {
    private static let count = 2_000
    private static let limit = 50

    /// Like random ids: in another order than that in which they were registered.
    private static let registrations = (0..<count).map { number in
        TaskRegistration(
            task: TaskID("task-\(number * 7_919 % count)")!,
            studentName: "Student \(number)",
            studentID: nil,
            priority: nil,
            session: SessionRegistration(id: SessionID("s1")!, title: nil, subject: nil, examYear: nil, numStudents: nil)
        )
    }

    private static let claim = ClaimRequest(
        limit: limit,
        now: .start.advanced(by: .seconds(300)),
        owner: "a",
        leaseExpiresAt: .start.advanced(by: .seconds(390))
    )

    /// The pages that `body` commits, each time that it does.
    private static func pagesWritten(in store: SQLiteStore, by body: () async throws -> Void) async throws -> Int {
        try await store.queue.writeWithoutTransaction { db in try db.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
        try await body()
        return try await store.queue.writeWithoutTransaction { db in
            try Row.fetchOne(db, sql: "PRAGMA wal_checkpoint(PASSIVE)")?.integer(1) ?? 0
        }
    }

    @Test("what falls due together is leased, and ended, on a few pages side by side")
    func pages() async throws {
        try await SQLiteHarness.withFreshDatabase { harness in
            let store = harness.sqlite
            _ = try await store.register(Self.registrations, at: .start)
            var claims: [ClaimedTask] = []
            let leasing = try await Self.pagesWritten(in: store) { claims = try await store.claimDueTasks(Self.claim) }
            #expect(Set(claims.map(\.task)) == Set(Self.registrations.prefix(Self.limit).map(\.task)))
            // 50 rows are on 2 pages, or on twice as many when they grow; each beside nothing else would be 50, and as many in an index.
            #expect(leasing <= 10)

            let provenance = Provenance(source: .sweep, observedAt: Self.claim.now)
            let reports = claims.map {
                TaskReport(task: $0.task, word: "FAILURE", meaning: .known(.failed), error: "no guide", provenance: provenance)
            }
            let applying = try await Self.pagesWritten(in: store) { _ = try await store.apply(reports, at: Self.claim.now) }
            // Of the student, three indexes, the task, the log with two indexes, the changes and the session.
            #expect(applying <= 35)

            let answers = claims.map { CheckAnswer(claim: $0, source: .sweep, nextCheckAt: Self.claim.now, changedStatus: true) }
            let ending = try await Self.pagesWritten(in: store) {
                try await store.recordAnsweredChecks(answers, at: Self.claim.now)
            }
            #expect(ending <= 10)
        }
    }

    @Test("a database in which they lay by their ids keeps all that it knew of them")
    func migration() async throws {
        try await SQLiteHarness.withTemporaryPath { path in
            let columns = """
                task_id, student_id, attempt, reported_attempt, priority, last_signal_at, first_processing_at, next_check_at,
                consecutive_errors, lease_owner, lease_expires_at, last_error, learned_via, needs_review, result_hash, lost_since,
                lost_evidence, quiet_checks, quiet_since, late_by_ms, put_off
                """
            let former = try DatabaseQueue(path: path)
            let before = try await former.write { db in
                _ = try WebAppSchema.prepare(db)
                for migration in MonitorSchema.migrations[..<11] { try db.execute(sql: migration) }
                try db.execute(
                    sql: """
                        INSERT INTO monitor_meta (key, value) VALUES ('schema_version', 11);
                        INSERT INTO monitor_tasks (\(columns)) VALUES
                            ('a', 'c2', 2, 3, 4, 5, 6, 7, 8, 'me', 9, 'late', 'sweep', 1, x'0a', 11, 'unknown', 12, 13, 14, 1),
                            ('b', 'c1', 1, NULL, 5, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, 0)
                        """
                )
                return try Row.fetchAll(db, sql: "SELECT \(columns) FROM monitor_tasks ORDER BY student_id").map(\.description)
            }
            try former.close()
            let store = try await SQLiteStore.open(path: path, logger: Logger(label: "test"))
            let after = try await store.queue.read { db in
                try Row.fetchAll(db, sql: "SELECT \(columns) FROM monitor_tasks ORDER BY rowid").map(\.description)
            }
            #expect(after == before)
            #expect(after.count == 2)
            try store.close()
        }
    }
}
