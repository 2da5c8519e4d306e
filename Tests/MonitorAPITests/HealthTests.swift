import GradingCore
import NIOHTTP1
import Testing

@testable import MonitorAPI

@Suite("Health", .timeLimit(.minutes(1)))
struct HealthTests {
    @Test("is ready when the database would take a write and the sweeps are on time")
    func ready() async throws {
        try await ServerHarness.run { server async throws in
            let answer = try await server.send(.GET, "/readyz")
            #expect(answer.status == 200)
            #expect(answer.text == #"{"status":"ready","checks":{"database":"ok","sweep":"ok","draining":false}}"#)
        }
    }

    @Test("is not ready when the database is down, and alive all the same")
    func databaseDown() async throws {
        try await ServerHarness.run { server async throws in
            server.store.fail(with: .unavailable("down"))
            let answer = try await server.send(.GET, "/readyz")
            #expect(answer.status == 503)
            #expect(answer.text == #"{"status":"notReady","checks":{"database":"unavailable","sweep":"ok","draining":false}}"#)
            #expect(try await server.send(.GET, "/livez").text == #"{"status":"ok"}"#)
            server.store.fail(with: nil)
            #expect(try await server.send(.GET, "/readyz").status == 503, "an answer is good for a second")
            server.clock.advance(by: .seconds(1))
            #expect(try await server.send(.GET, "/readyz").status == 200)
        }
    }

    @Test("does not take an answer from before the clock was set back for a fresh one")
    func clockSetBack() async throws {
        try await ServerHarness.run { server async throws in
            #expect(try await server.send(.GET, "/readyz").status == 200)
            server.clock.advance(by: .seconds(-3_600))
            server.store.fail(with: .unavailable("down"))
            #expect(try await server.send(.GET, "/readyz").status == 503)
        }
    }

    @Test("does not wait for a database that hangs")
    func databaseHangs() async throws {
        try await ServerHarness.run {
            $0.readiness.databaseDeadline = .milliseconds(50)
        } _: { server async throws in
            server.store.hangReadinessChecks()
            let answer = try await server.send(.GET, "/readyz")
            #expect(answer.status == 503)
            #expect(answer.json.object("checks").string("database") == "slow")
        }
    }

    @Test("is not ready when no sweep has ended for too long")
    func overdue() async throws {
        try await ServerHarness.run { server async throws in
            server.clock.advance(by: .seconds(601))
            #expect(try await server.send(.GET, "/readyz").json.object("checks").string("sweep") == "overdue")
            _ = try await server.send(.GET, "/api/cron/status-check", secret: ServerHarness.cronSecret)
            #expect(try await server.send(.GET, "/readyz").status == 200)
        }
    }

    @Test("allows three intervals and one budget for a sweep")
    func overduePolicy() {
        #expect(ReadinessPolicy(sweep: SweepPolicy()).sweepOverdueAfter == .seconds(600))
    }

    @Test("turns red at shutdown: what is under way is answered, work that comes then is refused")
    func draining() async throws {
        try await ServerHarness.run { server async throws in
            let body = Array(CallbackTests.completed.utf8)
            let signature = server.signer.headers(id: "msg_1", at: server.clock.now, body: body)
            let secret = "Authorization: Bearer \(ServerHarness.operatorSecret)\r\n"
            let callback =
                "POST /api/webhooks/grading \(Self.head(signature.map { "\($0.name): \($0.value)\r\n" }.joined(), body))"
            let registration = "POST /api/tasks \(Self.head(secret, Array("[]".utf8)))"
            let probe = "GET /readyz \(Self.head("", [0x20]))"

            let answers = try await server.answersAcrossShutdown([
                (callback, CallbackTests.completed), (registration, "[]"), (probe, " "),
            ])
            for answer in answers { #expect(answer.hasPrefix("HTTP/1.1 503 ")) }
            #expect(answers[0].contains("Retry-After: 5\r\n"))
            #expect(answers[1].contains("Retry-After: 5\r\n"))
            #expect(answers[2].contains(#""draining":true"#))
        }
    }

    private static func head(_ headers: String, _ body: [UInt8]) -> String {
        "HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\(headers)Content-Length: \(body.count)\r\n\r\n"
    }

    @Test("ends a check that waits for the grading server, when the shutdown's patience is over", .timeLimit(.minutes(1)))
    func shutdownDuringCheck() async throws {
        try await ServerHarness.run {
            $0.shutdownPatience = .zero
        } _: { server async throws in
            try await server.register("task-1")
            server.gradingServer.hang()
            async let answer = server.send(.GET, "/api/tasks/task-1/check", secret: ServerHarness.operatorSecret)
            for await _ in server.gradingServer.questions { break }
            await server.shutDown()
            #expect(try await answer.json.object("result").string("status") == "PENDING")
        }
    }
}

extension ServerHarness {
    /// Begins requests before the shutdown and ends them after it has begun. Interim answers prove the former, a port that
    /// takes no connections proves the latter.
    fileprivate func answersAcrossShutdown(_ requests: [(head: String, body: String)]) async throws -> [String] {
        guard let request = requests.first else {
            await shutDown()
            while await takesConnections {}
            return []
        }
        return try await RawConnection.open(port) { connection in
            try await connection.send(request.head)
            _ = try await connection.read(until: "100 Continue\r\n\r\n")
            let others = try await answersAcrossShutdown(Array(requests.dropFirst()))
            try await connection.send(request.body)
            return [try await connection.readUntilClosed()] + others
        }
    }
}
