import FoundationEssentials
import GradingCore
import Testing

@testable import PostgresStore

@Suite("A connection to PostgreSQL", .enabled(if: PostgresServer.isWanted), .serialized, .timeLimit(.minutes(2)))
struct SessionTests {
    private func withSession<Value: Sendable>(
        _ body: @escaping @Sendable (Session, Deadline) throws(PostgresError) -> Value
    ) async throws -> Value {
        let options = try #require(ConnectionOptions(url: PostgresServer.url().string ?? ""))
        let connection = PostgresConnection(options, .writer, logger: .quiet)
        let result = await Result.capturing { try await connection.perform(body) }
        await connection.close()
        return try result.get()
    }

    @Test("arrays, nulls, empty values and bytes arrive as they were sent")
    func values() async throws {
        let read = try await withSession { (session, deadline) throws(PostgresError) in
            let query = Statement(
                "",
                """
                SELECT cardinality($1), ($1)[1], ($1)[2] IS NULL, ($1)[3], ($2)[2], ($3)[1], ($4)[1], ($5)[1], cardinality($6), $7
                """
            )(
                .texts(["ọ̀", nil, ""]),
                .integers([nil, -7]),
                .doubles([1.5]),
                .byteArrays([[0, 255]]),
                .timestamps([Timestamp(milliseconds: 1_795_429_800_123)]),
                .texts([String]()),
                .text("a\0b")
            )
            let row = try session.run([query], until: deadline)[0].rows[0]
            #expect(row.integer(0) == 3)
            #expect(row.text(1) == "ọ̀")
            #expect(row.flag(2))
            #expect(row.text(3)?.isEmpty == true)
            #expect(row.integer(4) == -7)
            #expect(row.double(5) == 1.5)
            #expect(row.bytes(6) == [0, 255])
            #expect(row.timestamp(7) == Timestamp(milliseconds: 1_795_429_800_123))
            #expect(row.integer(8) == 0)
            return row.text(9)
        }
        #expect(read == "a\u{FFFD}b")
    }

    @Test("a task that runs on a connection's thread is given this connection")
    func ownConnection() async throws {
        let options = try #require(ConnectionOptions(url: PostgresServer.url().string ?? ""))
        let pool = ConnectionPool(size: 2, options, .writer, reach: ServerReach(), logger: .quiet)
        var backends: [Int] = []
        for connection in pool.connections + pool.connections {
            let task = Task(executorPreference: connection.thread) {
                try await pool.perform { (session, deadline) throws(PostgresError) in
                    try session.run([Statement("", "SELECT pg_backend_pid()")()], until: deadline)[0].first?.integer(0) ?? 0
                }
            }
            backends.append(try await task.value)
        }
        await pool.close()
        #expect(backends[0] != backends[1])
        #expect(backends == [backends[0], backends[1], backends[0], backends[1]])
    }

    @Test("a transaction sees what others commit meanwhile, whatever the server's default is")
    func isolation() async throws {
        let isolation = try await withSession { (session, deadline) throws(PostgresError) in
            let other = Statement("", "SET default_transaction_isolation TO 'repeatable read'")
            _ = try session.run([other()], until: deadline)
            return try session.transaction(until: deadline) { (transaction) throws(PostgresError) in
                try transaction.run([Statement("", "SHOW transaction_isolation")()])[0].first?.text(0)
            }
        }
        #expect(isolation == "read committed")
    }

    @Test(
        "jsonb keeps the value of all JSON but for U+0000, which becomes U+FFFD",
        arguments: [
            (#"{"a": "\u0000"}"#, #"{"a": "\#u{FFFD}"}"#), (#"{"a": "\\u0000"}"#, #"{"a": "\\u0000"}"#),
            (#"{"a": "\\\u0000\u0000"}"#, #"{"a": "\\\#u{FFFD}\#u{FFFD}"}"#), (#"{"\u0000": 1}"#, #"{"\#u{FFFD}": 1}"#),
            (#"["u0000", "\u00000", "ọ̀\ud83d\ude00"]"#, #"["u0000", "\#u{FFFD}0", "ọ̀😀"]"#),
            ("[1.50, -2e300, 1e-300]", nil), (#"{"id": "4e1234ab"}"#, nil), ("12", nil),
        ] as [(String, String?)]
    )
    func json(_ text: String, _ kept: String?) async throws {
        let stored = try await stored(text)
        #expect(try await stored == self.stored(kept ?? text))
        if let kept { #expect(stored == kept) }
        #expect(Array(text.utf8).hasNullEscape == (stored?.contains("\u{FFFD}") == true))
    }

    @Test("a number of more digits than numeric has is kept as the nearest double, and a text of digits as it is")
    func longNumbers() async throws {
        let digits = String(repeating: "7", count: 20_000)
        #expect(try await stored("0.\(digits)") == "0.7777777777777778")
        let tiny = "-0.000000000000000000000000000007777777777777778"
        #expect(try await stored(#"["\\", -7.\#(digits)e-30, 1]"#) == #"["\\", \#(tiny), 1]"#)
        let text = #"["\\\"-0.\#(digits)", true, 1.50]"#
        #expect(try await stored(text) == text)
    }

    private func stored(_ json: String) async throws -> String? {
        try await withSession { (session, deadline) throws(PostgresError) in
            try session.run([Statement("", "SELECT $1::text")(.json(json))], until: deadline)[0].first?.text(0)
        }
    }

    @Test("a commit of an aborted transaction is no commit")
    func abortedCommit() async throws {
        await #expect(throws: StoreError.self) {
            try await withSession { (session, deadline) throws(PostgresError) in
                try session.transaction(until: deadline) { (transaction) throws(PostgresError) in
                    _ = try? transaction.run([Statement("", "SELECT 1/0")()])
                    try transaction.commit()
                }
            }
        }
    }

    @Test("an error of the server keeps its state and leaves the connection usable")
    func serverError() async throws {
        let (failure, answer) = try await withSession { (session, deadline) throws(PostgresError) in
            var failure: PostgresError?
            do throws(PostgresError) {
                _ = try session.run([Statement("", "SELECT 1/0")()], until: deadline)
            } catch {
                failure = error
            }
            return (failure, try session.run([Statement("", "SELECT 7")()], until: deadline)[0].first?.integer(0))
        }
        guard case .server(let error) = failure else {
            Issue.record("not an error of the server")
            return
        }
        #expect(error.state.code == "22012")
        #expect(answer == 7)
    }

    @Test("an answer that does not come in time is an error, and the next user gets another connection")
    func deadline() async throws {
        let options = try #require(ConnectionOptions(url: PostgresServer.url().string ?? ""))
        let connection = PostgresConnection(options, .pool, logger: .quiet)
        let began = ContinuousClock.now
        await #expect(throws: StoreError.unavailable("PostgreSQL: the server did not answer in time")) {
            try await connection.perform { (session, _) throws(PostgresError) in
                _ = try session.run([Statement("", "SELECT pg_sleep(20)")()], until: Deadline(in: .milliseconds(200)))
            }
        }
        #expect(ContinuousClock.now - began < .seconds(10))
        let answer = try await connection.perform { (session, deadline) throws(PostgresError) in
            try session.run([Statement("", "SELECT 7")()], until: deadline)[0].first?.integer(0)
        }
        #expect(answer == 7)
        await connection.close()
    }

    @Test("what was overtaken is done again; what is left in a transaction is thrown away")
    func retries() async throws {
        let tries = Tally()
        let value = try await withSession { (session, deadline) throws(PostgresError) in
            try session.transaction(until: deadline) { (transaction) throws(PostgresError) in
                _ = try transaction.run([Statement("", "CREATE TEMP TABLE IF NOT EXISTS t (x int)")()])
                if tries.add() < 3 { throw PostgresError.overtaken }
                return try transaction.commit([Statement("", "SELECT count(*) FROM t")()])[0].first?.integer(0)
            }
        }
        #expect(value == 0)
        #expect(tries.count == 3)
    }

    @Test("a connection that died unnoticed is made again without an error")
    func deadConnection() async throws {
        let options = try #require(ConnectionOptions(url: PostgresServer.url().string ?? ""))
        let connection = PostgresConnection(options, .pool, logger: .quiet)
        let other = try TestDatabase(PostgresServer.url().string ?? "")
        let pid = try await connection.perform { (session, deadline) throws(PostgresError) in
            try session.run([Statement("", "SELECT pg_backend_pid()")()], until: deadline)[0].first?.integer(0)
        }
        try await other.execute("SELECT pg_terminate_backend($1::integer, 5000)", .integer(pid))
        let next = try await connection.perform { (session, deadline) throws(PostgresError) in
            try session.run([Statement("", "SELECT pg_backend_pid()")()], until: deadline)[0].first?.integer(0)
        }
        #expect(next != nil && next != pid)
        await connection.close()
        await other.close()
    }

    @Test("neither a wrong password nor a wrong URL shows up in an error")
    func passwords() async throws {
        var url = try PostgresServer.url()
        url.password = "hunter2hunter2"
        let text = try #require(url.string)
        let error = await #expect(throws: StoreError.self) { try await PostgresStore.open(url: text, logger: .quiet) }
        let reason = try #require(error?.reason)
        #expect(reason.contains("password authentication failed"))
        #expect(!reason.contains("hunter2"))
        let bad = await #expect(throws: StoreError.self) {
            try await PostgresStore.open(url: "postgresql://a:hunter2@h:1:2/db?x=hunter2", logger: .quiet)
        }
        #expect(bad?.reason.contains("hunter2") == false)
    }

    @Test("no option in the URL takes away that an answer means flushed, and the others of the operator stay")
    func ownSettings() async throws {
        var url = try PostgresServer.url()
        url.queryItems = [URLQueryItem(name: "options", value: "-c synchronous_commit=off -c work_mem=5MB")]
        let options = try #require(ConnectionOptions(url: url.string ?? ""))
        let connection = PostgresConnection(options, .writer, logger: .quiet)
        let show = Statement("", "SELECT current_setting('synchronous_commit'), current_setting('work_mem')")
        let settings = try await connection.perform { (session, deadline) throws(PostgresError) in
            let row = try session.run([show()], until: deadline)[0].first
            return [row?.text(0), row?.text(1)]
        }
        #expect(settings == ["on", "5MB"])
        await connection.close()
    }
}
