import GradingCore
import Testing

@testable import PostgresStore

@Suite("Several instances on one PostgreSQL", .enabled(if: PostgresServer.isWanted), .serialized, .timeLimit(.minutes(3)))
struct InstancesTests {
    private func withTwoStores<Value>(
        _ body: (PostgresStore, PostgresStore, TestDatabase) async throws -> Value
    ) async throws -> Value {
        try await PostgresServer.withFreshDatabase { database in
            try await database.withStore { first in
                try await database.withStore { second in try await body(first, second, database) }
            }
        }
    }

    private func registration(_ task: String, session: String = "s") throws -> TaskRegistration {
        TaskRegistration(
            task: try #require(TaskID(task)),
            studentName: "Ada Obi",
            studentID: nil,
            priority: 5,
            session: SessionRegistration(
                id: try #require(SessionID(session)),
                title: nil,
                subject: nil,
                examYear: nil,
                numStudents: nil
            )
        )
    }

    private func completed(_ task: String, delivery: String) throws -> TaskReport {
        TaskReport(
            task: try #require(TaskID(task)),
            word: "COMPLETED",
            meaning: .known(.completed),
            result: GradingResult(
                raw: Array(#"{"total_score":1,"max_score":2}"#.utf8),
                totalScore: 1,
                maxScore: 2,
                assessment: .graded
            ),
            provenance: Provenance(
                source: .callback,
                observedAt: .now,
                delivery: Delivery(id: delivery, bodyHash: Array(repeating: 1, count: 32), keyID: "k")
            )
        )
    }

    @Test("a session whose last two students end in the same moment on two instances is done")
    func rollUpRace() async throws {
        try await withTwoStores { first, second, _ in
            for round in 1...25 {
                let session = "s\(round)"
                _ = try await first.register(
                    [try registration("a\(round)", session: session), try registration("b\(round)", session: session)],
                    at: .now
                )
                let (a, b) = (
                    try completed("a\(round)", delivery: "da\(round)"), try completed("b\(round)", delivery: "db\(round)")
                )
                async let one = first.apply([a], at: .now)
                async let two = second.apply([b], at: .now)
                _ = try await (one, two)
                let summary = try await first.sessionSummary(try #require(SessionID(session)))
                #expect(summary?.status == .completed)
            }
        }
    }

    @Test("one delivery on two instances in the same moment has one effect, its task known or not")
    func deliveryRace() async throws {
        try await withTwoStores { first, second, database in
            for round in 1...25 {
                if round % 2 == 0 { _ = try await first.register([try registration("t\(round)")], at: .now) }
                let report = try completed("t\(round)", delivery: "d\(round)")
                async let one = first.apply([report], at: .now)
                async let two = second.apply([report], at: .now)
                let dispositions = try await [one, two].flatMap { $0.map(\.disposition) }
                let expected: Set<Disposition> = round % 2 == 0 ? [.applied, .duplicate] : [.parked]
                #expect(Set(dispositions) == expected)
            }
            let logs = try await database.first("SELECT count(*) FROM session_logs") { $0.integer(0) }
            #expect(logs == 12)
            let deliveries = try await database.first("SELECT count(*) FROM grading_monitor.deliveries") { $0.integer(0) }
            #expect(deliveries == 25)
        }
    }

    @Test("one task registered on two instances in the same moment is one student")
    func registrationRace() async throws {
        try await withTwoStores { first, second, database in
            for round in 1...25 {
                let entry = [try registration("t\(round)", session: "s\(round)")]
                async let one = first.register(entry, at: .now)
                async let two = second.register(entry, at: .now)
                let outcomes = try await [one, two]
                #expect(outcomes.contains(.registered(new: 1, unchanged: 0)))
                #expect(outcomes.contains(.registered(new: 0, unchanged: 1)))
            }
            #expect(try await database.first("SELECT count(*) FROM students") { $0.integer(0) } == 25)
        }
    }

    @Test("due tasks are shared out: no two instances are given the same one")
    func claims() async throws {
        try await withTwoStores { first, second, _ in
            _ = try await first.register(try (1...200).map { try registration("t\($0)") }, at: Timestamp(milliseconds: 0))
            func claim(_ owner: String) -> ClaimRequest {
                ClaimRequest(
                    limit: 10,
                    now: .now,
                    owner: owner,
                    leaseExpiresAt: .now.advanced(by: .seconds(60))
                )
            }
            var claimed: [TaskID] = []
            while true {
                async let one = first.claimDueTasks(claim("one"))
                async let two = second.claimDueTasks(claim("two"))
                let both = try await (one + two).map(\.task)
                if both.isEmpty { break }
                claimed += both
            }
            #expect(claimed.count == 200)
            #expect(Set(claimed).count == 200)
        }
    }

    @Test("what one instance commits, the other hears of")
    func notifications() async throws {
        try await withTwoStores { first, second, database in
            _ = try await first.register([try registration("t1")], at: .now)
            var signals = second.changeSignals().makeAsyncIterator()
            // The first signal says that the connection listens.
            _ = await signals.next()
            let latest = try await second.latestChange()
            _ = try await first.apply([try completed("t1", delivery: "d1")], at: .now)
            var page = try await second.changes(after: latest, limit: 10)
            while page.changes.isEmpty {
                _ = await signals.next()
                page = try await second.changes(after: latest, limit: 10)
            }
            #expect(page.changes.count == 2)
        }
    }

    @Test("a row that another transaction may still commit before a visible one holds the horizon back")
    func horizon() async throws {
        try await PostgresServer.withFreshDatabase { database in
            try await database.withStore { store in
                let other = try TestDatabase(database.url)
                // A sequence taken and not committed: a gap that may still be filled.
                try await other.holding(Self.insertChange) {
                    try await database.execute(Self.insertChange)
                    let open = try await store.changes(after: 0, limit: 10)
                    #expect(open.changes.map(\.sequence) == [2])
                    #expect(open.oldestOpenTransaction < open.nextTransaction)
                }
                let settled = try await store.changes(after: 0, limit: 10)
                #expect(settled.changes.map(\.sequence) == [1, 2])
                await other.close()
            }
        }
    }

    @Test("a session that somebody holds keeps only its own reports waiting, and only once")
    func heldSession() async throws {
        try await withTwoStores { store, _, database in
            _ = try await store.register(
                [try registration("t1", session: "held"), try registration("t2", session: "free")],
                at: .now
            )
            let (held, free) = (try completed("t1", delivery: "d1"), try completed("t2", delivery: "d2"))
            try await database.holding("SELECT 1 FROM grading_sessions WHERE id = 'held' FOR UPDATE") {
                await #expect(throws: StoreError.busy([held.task])) { try await store.apply([held, free], at: .now) }
                #expect(store.heldSessions.known == ["held"])
                let outcomes = try await store.apply([free], at: .now)
                #expect(outcomes.map(\.disposition) == [.applied])
                await #expect(throws: StoreError.busy([held.task])) { try await store.apply([held], at: .now) }
            }
            let outcomes = try await store.apply([held], at: .now)
            #expect(outcomes.map(\.disposition) == [.applied])
            #expect(store.heldSessions.known.isEmpty)
        }
    }

    @Test(
        "a failed check waits for the student's row before it holds the task's, as reports do: neither waits for the other for ever"
    )
    func lockOrder() async throws {
        try await withTwoStores { store, _, database in
            _ = try await store.register([try registration("t1")], at: Timestamp(milliseconds: 0))
            let lease = ClaimRequest(limit: 1, now: .now, owner: "a", leaseExpiresAt: .now.advanced(by: .seconds(60)))
            let claim = try #require(try await store.claimDueTasks(lease).first)
            let failure = CheckFailure(claim: claim, reason: "timeout", source: .sweep, nextCheckAt: .now)
            let other = try TestDatabase(database.url)
            let recording = try await database.holding("SELECT 1 FROM students FOR UPDATE") {
                let recording = Task { try await store.recordFailedCheck(failure, at: .now) }
                let deadline = ContinuousClock.now + .seconds(10)
                while try await other.lines(Self.waiters).isEmpty, .now < deadline {}
                // As a report would, which holds the student's row.
                try await other.execute("SELECT 1 FROM grading_monitor.tasks FOR UPDATE NOWAIT")
                return recording
            }
            try await recording.value
            await other.close()
        }
    }

    @Test("a student's row that somebody else writes anew while a report waits for it is found where it lies then")
    func movedRow() async throws {
        try await withTwoStores { store, _, database in
            _ = try await store.register([try registration("t1")], at: .now)
            let report = try completed("t1", delivery: "d1")
            let other = try TestDatabase(database.url)
            let applying = try await database.holding(#"UPDATE students SET name = 'Ada O.', "updatedAt" = now()"#) {
                let applying = Task { try await store.apply([report], at: .now) }
                let deadline = ContinuousClock.now + .seconds(10)
                while try await other.lines(Self.waiters).isEmpty, .now < deadline {}
                return applying
            }
            #expect(try await applying.value.map(\.disposition) == [.applied])
            let rows = #"SELECT name || ' ' || status || ' ' || ("rawGradingOutput" ->> 'total_score') FROM students"#
            #expect(try await database.lines(rows) == ["Ada O. COMPLETED 1"])
            await other.close()
        }
    }

    private static let waiters = """
        SELECT pid::text FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
        """

    private static let insertChange = """
        INSERT INTO grading_monitor.changes (kind, session_id, from_status, to_status, at)
        VALUES ('session', 's', 'PENDING', 'COMPLETED', now())
        """
}

extension Timestamp {
    fileprivate static var now: Timestamp { WallClock.system.now() }
}
