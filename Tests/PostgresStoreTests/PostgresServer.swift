import Foundation
import GradingCore
import Logging
import Testing

@testable import PostgresStore

/// The server that the tests run on: `scripts/with-postgres.sh swift test` gives them one.
enum PostgresServer {
    /// A developer may go without, by saying so; CI may not.
    static let isWanted =
        ProcessInfo.processInfo.environment["SKIP_POSTGRES_TESTS"] != "1" || ProcessInfo.processInfo.environment["CI"] != nil

    static func url() throws -> URLComponents {
        let text = ProcessInfo.processInfo.environment["TEST_POSTGRES_URL"]
        return try #require(
            text.flatMap { URLComponents(string: $0) },
            "no PostgreSQL: run scripts/with-postgres.sh swift test, or set SKIP_POSTGRES_TESTS=1 to go without"
        )
    }

    /// Runs `body` with a database of its own, empty, and removes it afterwards.
    static func withFreshDatabase<Value>(_ body: (TestDatabase) async throws -> Value) async throws -> Value {
        var url = try url()
        let administration = try TestDatabase(#require(url.string))
        let name = "test_" + UUID().uuidString.lowercased().replacing("-", with: "")
        try await administration.execute("CREATE DATABASE \(name)")
        url.path = "/" + name
        let database = try TestDatabase(#require(url.string))
        let result = await Result.capturing { try await body(database) }
        await database.close()
        try await administration.execute("DROP DATABASE \(name) WITH (FORCE)")
        await administration.close()
        return try result.get()
    }
}

/// A way into a database past the store.
struct TestDatabase: Sendable {
    let url: String
    private let connection: PostgresConnection

    init(_ url: String) throws {
        self.url = url
        connection = PostgresConnection(try #require(ConnectionOptions(url: url)), .migration, logger: .quiet)
    }

    func execute(_ sql: String, _ parameters: Parameter...) async throws {
        try await connection.perform { (session, deadline) throws(PostgresError) in
            _ = try session.run([Query(statement: Statement("", sql), parameters: parameters)], until: deadline)
        }
    }

    /// Runs the statements of a script, which end with a semicolon at the end of a line.
    func executeAll(_ script: String) async throws {
        let statements = script.split(separator: ";\n").filter { $0.contains { !$0.isWhitespace } }
        try await connection.perform { (session, deadline) throws(PostgresError) in
            _ = try session.run(
                statements.map { Query(statement: Statement("", String($0)), parameters: []) },
                until: deadline
            )
        }
    }

    func all<Value: Sendable>(
        _ sql: String,
        _ parameters: Parameter...,
        read: @Sendable (ResultRow) -> Value
    ) async throws -> [Value] {
        try await connection.perform { (session, deadline) throws(PostgresError) in
            try session.run([Query(statement: Statement("", sql), parameters: parameters)], until: deadline)[0].rows.map(read)
        }
    }

    func first<Value: Sendable>(
        _ sql: String,
        _ parameters: Parameter...,
        read: @Sendable (ResultRow) -> Value
    ) async throws -> Value? {
        try await connection.perform { (session, deadline) throws(PostgresError) in
            try session.run([Query(statement: Statement("", sql), parameters: parameters)], until: deadline)[0].first.map(read)
        }
    }

    /// The first column of every row.
    func lines(_ sql: String) async throws -> [String] {
        try await connection.perform { (session, deadline) throws(PostgresError) in
            try session.run([Query(statement: Statement("", sql), parameters: [])], until: deadline)[0].rows
                .compactMap { $0.text(0) }
        }
    }

    /// Runs `sql` in a transaction that stays open while `body` runs, and is then committed.
    func holding<Value>(_ sql: String, while body: () async throws -> Value) async throws -> Value {
        let (opened, continuation) = AsyncStream.makeStream(of: Void.self)
        let done = DispatchSemaphore(value: 0)
        let holder = Task { [connection] in
            defer { continuation.finish() }
            // On the connection's own thread, which may block.
            try await connection.perform { (session, deadline) throws(PostgresError) in
                try session.transaction(until: deadline) { (transaction) throws(PostgresError) in
                    _ = try transaction.run([Query(statement: Statement("", sql), parameters: [])])
                    continuation.yield()
                    done.wait()
                    try transaction.commit()
                }
            }
        }
        for await _ in opened { break }
        let result = await Result.capturing(body)
        done.signal()
        try await holder.value
        return try result.get()
    }

    func store(poolSize: Int = 4) async throws -> PostgresStore {
        try await PostgresStore.open(url: url, poolSize: poolSize, logger: .quiet)
    }

    func withStore<Value>(_ body: (PostgresStore) async throws -> Value) async throws -> Value {
        let store = try await store()
        let result = await Result.capturing { try await body(store) }
        await store.close()
        return try result.get()
    }

    func close() async {
        await connection.close()
    }
}

extension Result where Failure == any Error {
    /// So that what has to be cleaned up with `await` can be, whatever happens.
    static func capturing(_ body: () async throws -> Success) async -> Result {
        do { return .success(try await body()) } catch { return .failure(error) }
    }
}

extension Logger {
    static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}
