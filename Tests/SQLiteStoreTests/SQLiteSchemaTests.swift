import Foundation
import GRDB
import GradingCore
import Logging
import StoreConformance
import Testing

@testable import SQLiteStore

@Suite("The SQLite database itself")
struct SQLiteSchemaTests {
    private let logger = Logger(label: "test")

    @Test("commits are flushed: WAL, synchronous FULL, foreign keys on, five seconds of patience")
    func durability() async throws {
        try await SQLiteHarness.withFreshDatabase { harness in
            let settings = try await harness.sqlite.queue.read { db in
                try ["journal_mode", "synchronous", "foreign_keys", "busy_timeout"].map {
                    try String.fetchOne(db, sql: "PRAGMA \($0)")
                }
            }
            #expect(settings == ["wal", "2", "1", "5000"])
        }
    }

    @Test("opening again keeps what is there")
    func reopening() async throws {
        try await SQLiteHarness.withTemporaryPath { path in
            let first = try await SQLiteStore.open(path: path, logger: logger)
            try await SQLiteHarness(sqlite: first).addSession(SessionID("s1")!, status: .pending)
            try first.close()
            let second = try await SQLiteStore.open(path: path, logger: logger)
            #expect(try await second.sessionSummary(SessionID("s1")!) != nil)
            try second.close()
        }
    }

    @Test("a database of the first version gets what it lacks and keeps what it has")
    func olderSchema() async throws {
        try await SQLiteHarness.withTemporaryPath { path in
            let first = try await SQLiteStore.open(path: path, logger: logger)
            try await SQLiteHarness(sqlite: first).addSession(SessionID("s1")!, status: .pending)
            try await first.queue.write { db in
                let own = "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'monitor_%'"
                for table in try String.fetchAll(db, sql: own) { try db.execute(sql: "DROP TABLE \(table)") }
                try db.execute(sql: MonitorSchema.migrations[0])
                try db.execute(
                    sql: """
                        INSERT INTO monitor_tasks (task_id, student_id, next_check_at) VALUES ('ended', 's', 1);
                        INSERT INTO monitor_meta (key, value) VALUES ('schema_version', 1);
                        """
                )
            }
            try first.close()
            let second = try await SQLiteStore.open(path: path, logger: logger)
            #expect(try await second.sessionSummary(SessionID("s1")!) != nil)
            let lease = InstanceLease(name: "sweep", owner: "a", now: .start, expiresAt: .start)
            #expect(try await second.acquire(lease) == true)
            let scheduled = try await second.queue.read { db in
                try Int.fetchOne(db, sql: "SELECT count(*) FROM monitor_tasks WHERE next_check_at IS NOT NULL")
            }
            #expect(scheduled == 0)
            try second.close()
        }
    }

    @Test("the listeners' signals end when the store is closed")
    func signalsEnd() async throws {
        try await SQLiteHarness.withTemporaryPath { path in
            let store = try await SQLiteStore.open(path: path, logger: logger)
            let (one, other) = (store.changeSignals(), store.changeSignals())
            try store.close()
            for await _ in one {}
            for await _ in other {}
            for await _ in store.changeSignals() {}
        }
    }

    @Test("a newer schema is refused")
    func newerSchema() async throws {
        try await SQLiteHarness.withTemporaryPath { path in
            let store = try await SQLiteStore.open(path: path, logger: logger)
            try await store.queue.write { db in
                try db.execute(sql: "UPDATE monitor_meta SET value = 99 WHERE key = 'schema_version'")
            }
            try store.close()
            await #expect {
                try await SQLiteStore.open(path: path, logger: logger)
            } throws: { error in
                guard case StoreError.incompatibleSchema(let reason) = error else { return false }
                return reason.contains("99")
            }
        }
    }

    @Test("a web app's table that lacks a column is refused by name, and nothing is written")
    func missingColumn() async throws {
        try await SQLiteHarness.withTemporaryPath { path in
            let foreign = try DatabaseQueue(path: path)
            try await foreign.write { db in
                try db.execute(sql: "CREATE TABLE users (id, email, name, role, createdAt)")
            }
            await #expect(throws: StoreError.incompatibleSchema(#"the table "users" has no column "updatedAt""#)) {
                try await SQLiteStore.open(path: path, logger: logger)
            }
            let tables = try await foreign.read { db in
                try String.fetchAll(db, sql: "SELECT name FROM sqlite_master")
            }
            #expect(tables == ["users"])
        }
    }

    @Test("two that open a new database at once both succeed")
    func concurrentMigration() async throws {
        try await SQLiteHarness.withTemporaryPath { path in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask { try await SQLiteStore.open(path: path, logger: logger).close() }
                }
                try await group.waitForAll()
            }
            let store = try await SQLiteStore.open(path: path, logger: logger)
            try await store.verifyWritable()
            try store.close()
        }
    }

    @Test("an opening waits longer for another process than work does afterwards")
    func patientOpening() async throws {
        try await SQLiteHarness.withTemporaryPath { path in
            try await SQLiteStore.open(path: path, logger: logger).close()
            let patience = Duration.milliseconds(100)
            let other = try await SQLiteInterruption(path: path)
            let (begun, begin) = AsyncStream.makeStream(of: Void.self)
            let opening = Task {
                begin.yield()
                return try await SQLiteStore.open(path: path, busyTimeout: patience, logger: logger)
            }
            for await _ in begun { break }
            await pass(patience * 10)
            try await other.end()
            let store = try await opening.value
            let milliseconds = try await store.queue.read { db in try Int.fetchOne(db, sql: "PRAGMA busy_timeout") }
            #expect(milliseconds == 100)
            try store.close()
        }
    }

    /// Where real time has to pass, since that is what is measured.
    private func pass(_ time: Duration) async {
        let over = ContinuousClock.now + time
        while ContinuousClock.now < over { await Task.yield() }
    }

    @Test("a file that is no database is refused, not overwritten")
    func notADatabase() async throws {
        try await SQLiteHarness.withTemporaryPath { path in
            let text = String(repeating: "not a database. ", count: 100)
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            await #expect(throws: StoreError.self) { try await SQLiteStore.open(path: path, logger: logger) }
            #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
        }
    }

    @Test("a read-only database says that it takes no writes")
    func readOnly() async throws {
        try await SQLiteHarness.withFreshDatabase { harness in
            try await harness.sqlite.queue.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA query_only = ON")
            }
            await #expect(throws: StoreError.self) { try await harness.sqlite.verifyWritable() }
            try await harness.sqlite.queue.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA query_only = OFF")
            }
        }
    }

    @Test("a database file that was deleted under the server is noticed")
    func deletedFile() async throws {
        try await SQLiteHarness.withTemporaryPath { path in
            let store = try await SQLiteStore.open(path: path, logger: logger)
            try await store.verifyWritable()
            try FileManager.default.removeItem(atPath: path)
            await #expect(throws: StoreError.self) { try await store.verifyWritable() }
            try store.close()
        }
    }

    @Test("work that has waited too long for its turn is told to try again, and does nothing")
    func waitedTooLong() async throws {
        try await SQLiteHarness.withTemporaryPath { path in
            let patience = Duration.milliseconds(100)
            let store = try await SQLiteStore.open(path: path, busyTimeout: patience, logger: logger)
            let (entered, enter) = AsyncStream.makeStream(of: Void.self)
            let released = DispatchSemaphore(value: 0)
            let blocker = Task {
                try await store.queue.writeWithoutTransaction { _ in
                    enter.yield()
                    released.wait()
                }
            }
            for await _ in entered { break }
            let (begun, begin) = AsyncStream.makeStream(of: Void.self)
            let late = Task {
                begin.yield()
                return try await store.rollUpSessions(at: .start)
            }
            for await _ in begun { break }
            await pass(patience * 10)
            released.signal()
            await #expect(throws: StoreError.unavailable("SQLite: the database is busy")) { try await late.value }
            try await blocker.value
            #expect(try await store.rollUpSessions(at: .start) == 0)
            try store.close()
        }
    }

    @Test("due tasks, and those that nothing has scheduled, are found by an index")
    func plans() async throws {
        try await SQLiteHarness.withFreshDatabase { harness in
            let layout = harness.sqlite.statements.layout
            let (due, unscheduled) = try await harness.sqlite.queue.read { db in
                try (
                    SQLiteSchemaTests.plan(of: SQLiteStore.dueTasks, in: db),
                    SQLiteSchemaTests.plan(of: SQLiteStore.scheduleOpenTasks(layout), in: db)
                )
            }
            #expect(due == ["SEARCH monitor_tasks USING INDEX monitor_tasks_due (priority=? AND next_check_at<?)"])
            #expect(unscheduled.contains { $0.hasPrefix("SEARCH s USING INDEX students_open_idx (status=?)") })
            #expect(unscheduled.contains { $0.hasPrefix("SEARCH t USING INDEX sqlite_autoindex_monitor_tasks_1 (task_id=?)") })
        }
    }

    private static func plan(of sql: String, in db: Database) throws -> [String] {
        try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + sql, arguments: sql.contains("?3") ? [1, 1, 1] : [1, 1])
            .map { $0["detail"] }
    }

    @Test("a DATETIME is read whichever way it was written")
    func datetimes() {
        let expected = Timestamp(milliseconds: 1_751_193_129_000)
        #expect(Timestamp(1_751_193_129_000.databaseValue) == expected)
        #expect(Timestamp("2025-06-29 10:32:09".databaseValue) == expected)
        #expect(Timestamp("2025-06-29T10:32:09.000Z".databaseValue) == expected)
        #expect(Timestamp(DatabaseValue.null) == nil)
        #expect(Timestamp("soon".databaseValue) == nil)
    }
}
