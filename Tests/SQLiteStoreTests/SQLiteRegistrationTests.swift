import GRDB
import GradingCore
import StoreConformance
import Testing

@testable import SQLiteStore

/// What the conformance suite cannot see through the port.
@Suite("Registration in SQLite")
struct SQLiteRegistrationTests {
    private static func register(_ task: String, in harness: SQLiteHarness) async throws {
        let registration = TaskRegistration(
            task: TaskID(task)!,
            studentName: "Ada Obi",
            studentID: "7",
            priority: 9,
            session: SessionRegistration(id: SessionID("s1")!, title: nil, subject: nil, examYear: nil, numStudents: nil)
        )
        #expect(try await harness.store.register([registration], at: .start) == .registered(new: 1, unchanged: 0))
    }

    private static func retry(in harness: SQLiteHarness) async throws {
        try await register("task-1", in: harness)
        try await harness.sqlite.queue.write { db in try db.execute(sql: "UPDATE students SET status = 'FAILED'") }
        try await register("task-2", in: harness)
        #expect(try await harness.store.task(TaskID("task-2")!)?.attempt == 2)
    }

    @Test("a retry stands in the change feed, as a move from FAILED to PENDING")
    func changeFeed() async throws {
        try await SQLiteHarness.withFreshDatabase { harness in
            try await Self.retry(in: harness)
            let changes = try await harness.sqlite.queue.read { db in
                try String.fetchAll(
                    db,
                    sql: """
                        SELECT task_id || ' ' || session_id || ' ' || from_status || ' ' || to_status || ' ' || source FROM monitor_changes
                        WHERE kind = 'task'
                        """
                )
            }
            #expect(changes == ["task-2 s1 FAILED PENDING manual"])
        }
    }

    @Test("a task whose student was deleted begins again at its first attempt")
    func deletedStudent() async throws {
        try await SQLiteHarness.withFreshDatabase { harness in
            try await Self.retry(in: harness)
            try await harness.sqlite.queue.write { db in try db.execute(sql: "DELETE FROM students") }
            try await Self.register("task-2", in: harness)
            #expect(try await harness.store.task(TaskID("task-2")!)?.attempt == 1)
            let priority = try await harness.sqlite.queue.read { db in
                try Int.fetchOne(db, sql: "SELECT priority FROM monitor_tasks WHERE task_id = 'task-2'")
            }
            #expect(priority == 9)
        }
    }
}
