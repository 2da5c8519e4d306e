import FoundationEssentials
import GradingCore
import Testing

@testable import PostgresStore

@Suite("The schema on PostgreSQL", .enabled(if: PostgresServer.isWanted), .serialized, .timeLimit(.minutes(2)))
struct PostgresSchemaTests {
    @Test("four instances that start at once on an empty database all serve it")
    func concurrentMigrations() async throws {
        try await PostgresServer.withFreshDatabase { database in
            let url = database.url
            try await withThrowingTaskGroup(of: PostgresStore.self) { group in
                for _ in 1...4 {
                    group.addTask { try await PostgresStore.open(url: url, poolSize: 1, logger: .quiet) }
                }
                for try await store in group {
                    try await store.verifyWritable()
                    await store.close()
                }
            }
            let version = try await database.first("SELECT value FROM grading_monitor.meta WHERE key = 'schema_version'") {
                $0.text(0)
            }
            #expect(version == "\(MonitorSchema.version)")
        }
    }

    @Test("a database of the first version forgets the backoffs of tasks, which meant something else")
    func olderSchema() async throws {
        try await PostgresServer.withFreshDatabase { database in
            try await database.withStore { _ in }
            try await database.execute("DROP SCHEMA grading_monitor CASCADE")
            try await database.execute("CREATE SCHEMA grading_monitor")
            for statement in MonitorSchema.migrations[0].split(separator: ";").dropLast() {
                try await database.execute(String(statement))
            }
            try await database.execute("INSERT INTO grading_monitor.meta (key, value) VALUES ('schema_version', '1')")
            try await database.execute(
                "INSERT INTO grading_monitor.tasks (task_id, student_id, next_check_at) VALUES ('ended', 's', now())"
            )
            try await database.withStore { _ in }
            let scheduled = try await database.first("SELECT count(next_check_at) FROM grading_monitor.tasks") { $0.integer(0) }
            #expect(scheduled == 0)
        }
    }

    @Test("a newer schema is refused, and so is a table without a column that is needed")
    func refusals() async throws {
        try await PostgresServer.withFreshDatabase { database in
            try await database.withStore { _ in }
            try await database.execute("UPDATE grading_monitor.meta SET value = '99' WHERE key = 'schema_version'")
            let newer = await #expect(throws: StoreError.self) { try await database.store() }
            #expect(newer?.reason.contains("schema version 99") == true)
            try await database.execute("ALTER TABLE students DROP COLUMN percentage")
            await #expect(throws: StoreError.incompatibleSchema("the table \"students\" has no column \"percentage\"")) {
                try await database.store()
            }
        }
    }

    @Test("a role that may not make tables is told what to grant")
    func privileges() async throws {
        try await PostgresServer.withFreshDatabase { database in
            try await database.withStore { _ in }
            try await database.execute("DROP SCHEMA grading_monitor CASCADE")
            try await database.execute("CREATE ROLE small_\(abs(database.url.hashValue)) LOGIN PASSWORD 'small'")
            let role = "small_\(abs(database.url.hashValue))"
            try await database.execute("GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO \(role)")
            var url = try PostgresServer.url()
            url.user = role
            url.password = "small"
            url.path = "/" + (database.url.split(separator: "/").last.map(String.init) ?? "")
            let text = try #require(url.string)
            let error = await #expect(throws: StoreError.self) { try await PostgresStore.open(url: text, logger: .quiet) }
            #expect(error?.reason.contains("GRANT CREATE ON DATABASE") == true)
            try await database.execute("DROP OWNED BY \(role)")
            try await database.execute("DROP ROLE \(role)")
        }
    }

    @Test("every statement of callbacks, registration and sweep finds its rows by an index, however full the tables are")
    func plans() async throws {
        try await PostgresServer.withFreshDatabase { database in
            try await database.withStore { store in
                for setting in ["plan_cache_mode = force_generic_plan", "enable_seqscan = off"] {
                    try await database.execute("SET \(setting)")
                }
                try await Self.expectIndexes(of: store, in: database, "empty")
                try await database.fill()
                try await Self.expectIndexes(of: store, in: database, "full")
            }
        }
    }

    private static func expectIndexes(of store: PostgresStore, in database: TestDatabase, _ state: String) async throws {
        for (number, query) in store.hotQueries.enumerated() {
            let plan = try await QueryPlan(of: query, named: "p\(number)", in: database)
            #expect(plan.wholeReads.isEmpty, "\(plan.statement), on tables that are \(state)")
        }
    }

    @Test("a statement that reads all of an index to find its rows is not taken for one that uses it")
    func wholeIndexScan() async throws {
        try await PostgresServer.withFreshDatabase { database in
            try await database.withStore { _ in
                try await database.execute("SET enable_seqscan = off")
                let query = Statement("all_of_it", "SELECT id FROM students ORDER BY id")()
                let plan = try await QueryPlan(of: query, named: "p", in: database)
                #expect(plan.wholeReads == ["Index Only Scan on students_pkey"])
            }
        }
    }
}
