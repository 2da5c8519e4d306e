import GradingCore
import Testing

@testable import PostgresStore

@Suite("Results in PostgreSQL", .enabled(if: PostgresServer.isWanted), .timeLimit(.minutes(1)))
struct ResultTests {
    private let task: TaskID
    private let session: SessionID

    init() throws {
        task = try #require(TaskID("t1"))
        session = try #require(SessionID("s"))
    }

    private func completed(_ raw: String) -> TaskReport {
        TaskReport(
            task: task,
            word: "COMPLETED",
            meaning: .known(.completed),
            result: GradingResult(raw: Array(raw.utf8), totalScore: 1, maxScore: 2, assessment: .graded),
            provenance: Provenance(
                source: .callback,
                observedAt: Timestamp(milliseconds: 1_000),
                delivery: Delivery(id: "d1", bodyHash: Array(repeating: 1, count: 32), keyID: "k")
            )
        )
    }

    /// The stored result and the log, after the same callback came twice.
    private func stored(_ raw: String) async throws -> (result: [String], logs: [SessionLog]) {
        try await PostgresServer.withFreshDatabase { database in
            try await database.withStore { store in
                let now = Timestamp(milliseconds: 2_000)
                let entry = SessionRegistration(id: session, title: nil, subject: nil, examYear: nil, numStudents: nil)
                _ = try await store.register(
                    [TaskRegistration(task: task, studentName: "Ada Obi", studentID: nil, priority: 5, session: entry)],
                    at: now
                )
                for _ in 1...2 { _ = try await store.apply([completed(raw)], at: now) }
                let result = try await database.lines(#"SELECT "rawGradingOutput"::text FROM students"#)
                return (result, try await store.logs(of: session, limit: 10, before: nil) ?? [])
            }
        }
    }

    @Test("a large result is compressed in the fastest way that the server knows")
    func compression() async throws {
        let feedback = String(repeating: "Good use of the data. ", count: 400)
        let (methods, known) = try await PostgresServer.withFreshDatabase { database in
            try await database.withStore { store in
                let entry = SessionRegistration(id: session, title: nil, subject: nil, examYear: nil, numStudents: nil)
                let now = Timestamp(milliseconds: 2_000)
                _ = try await store.register(
                    [TaskRegistration(task: task, studentName: "Ada Obi", studentID: nil, priority: 5, session: entry)],
                    at: now
                )
                _ = try await store.apply([completed(#"{"feedback": "\#(feedback)"}"#)], at: now)
                return (
                    try await database.lines(#"SELECT pg_column_compression("rawGradingOutput") FROM students"#),
                    try await database.lines(
                        """
                        SELECT CASE WHEN 'lz4' = ANY (enumvals) THEN 'lz4' ELSE 'pglz' END FROM pg_settings
                        WHERE name = 'default_toast_compression'
                        """
                    )
                )
            }
        }
        #expect(methods == known)
    }

    @Test("U+0000 in a result becomes U+FFFD, with one warning in the session's log")
    func nullCharacter() async throws {
        let (result, logs) = try await stored(#"{"feedback": "a\u0000b"}"#)
        #expect(result == ["{\"feedback\": \"a\u{FFFD}b\"}"])
        #expect(Set(logs.map(\.level)) == [.success, .warning])
        let warnings = logs.filter { $0.level == .warning }
        #expect(warnings.count == 1)
        #expect(warnings.first?.message.contains("Task t1: the result holds U+0000") == true)
        #expect(warnings.first?.context == "callback")
        #expect(warnings.first?.studentID?.isEmpty == false)
    }

    @Test("an escaped backslash before u0000 is text like any other")
    func escapedBackslash() async throws {
        let (result, logs) = try await stored(#"{"feedback": "a\\u0000b"}"#)
        #expect(result == [#"{"feedback": "a\\u0000b"}"#])
        #expect(logs.map(\.level) == [.success])
    }
}
