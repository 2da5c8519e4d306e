import GradingCore
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

    @Test("turns red at shutdown: what is under way is answered, a callback that comes then is refused")
    func draining() async throws {
        try await ServerHarness.run { server async throws in
            let body = CallbackTests.completed
            let signature = server.signer.headers(id: "msg_1", at: server.clock.now, body: Array(body.utf8))
            let head = signature.map { "\($0.name): \($0.value)\r\n" }.joined() + "Content-Length: \(body.utf8.count)\r\n\r\n"
            try await RawConnection.open(server.port) { callback async throws in
                try await RawConnection.open(server.port) { probe async throws in
                    // Interim answers prove that both requests have begun before the shutdown does.
                    let expect = "HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
                    try await callback.send("POST /api/webhooks/grading \(expect)\(head)")
                    try await probe.send("GET /readyz \(expect)Content-Length: 1\r\n\r\n")
                    _ = try await callback.read(until: "100 Continue\r\n\r\n")
                    _ = try await probe.read(until: "100 Continue\r\n\r\n")
                    await server.shutDown()
                    while await server.takesConnections {}
                    try await probe.send(" ")
                    let readiness = try await probe.readUntilClosed()
                    #expect(readiness.hasPrefix("HTTP/1.1 503 "))
                    #expect(readiness.contains(#""draining":true"#))
                    try await callback.send(body)
                    let answer = try await callback.readUntilClosed()
                    #expect(answer.hasPrefix("HTTP/1.1 503 "))
                    #expect(answer.contains("Retry-After: 5\r\n"))
                }
            }
        }
    }
}
