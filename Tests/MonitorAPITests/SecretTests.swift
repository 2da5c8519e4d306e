import NIOHTTP1
import Testing

@testable import MonitorAPI

@Suite("Secrets", .timeLimit(.minutes(1)))
struct SecretTests {
    static let protected: [(HTTPMethod, String)] = [
        (.GET, "/api/cron/status-check"), (.POST, "/api/cron/status-check"), (.GET, "/api/tasks/task-1/check"),
        (.POST, "/api/tasks/task-1/check"), (.POST, "/api/sessions/status-check"), (.GET, "/api/monitoring/stats"),
        (.GET, "/api/sessions/session-1/status"), (.GET, "/api/sessions/session-1/logs"),
        (.POST, "/api/sessions/session-1/logs"), (.POST, "/api/tasks"),
        (.GET, "/api/tasks/task-1/logs"), (.GET, "/api/tasks/task-1/student"), (.GET, "/api/tasks/task-1/verify-results"),
        (.POST, "/api/tasks/task-1/update-status"), (.POST, "/api/sessions/session-1/retry"),
        (.POST, "/api/tasks/task-1/retry"),
        (.PUT, "/api/tasks/task-1/priority"), (.PUT, "/api/sessions/session-1/priority"),
        (.GET, "/api/deliveries"), (.POST, "/api/deliveries/msg_1/replay"),
    ]

    @Test("that are missing or wrong are 401 everywhere", arguments: protected)
    func refused(_ method: HTTPMethod, _ path: String) async throws {
        try await ServerHarness.run { server async throws in
            let good = ServerHarness.operatorSecret
            let attempts: [[(String, String)]] = [
                [], [("authorization", "Bearer wrong-secret-wrong-secret-wrong")], [("authorization", "Bearer undefined")],
                [("authorization", "Bearer null")], [("authorization", "Bearer ")], [("authorization", "Bearer")],
                [("authorization", good)], [("authorization", "Basic \(good)")], [("authorization", "Bearer \(good)x")],
                [("authorization", "Bearer \(good.dropLast())")],
                [("authorization", "Bearer \(good)"), ("authorization", "Bearer \(good)")],
                [("x-cron-secret", ServerHarness.cronSecret)],
            ]
            for headers in attempts {
                let answer = try await server.send(method, path, headers: headers)
                #expect(answer.status == 401, "\(headers)")
                #expect(answer.header("www-authenticate") == "Bearer")
            }
            for name in ["secret", "token", "authorization", "access_token"] {
                #expect(try await server.send(method, "\(path)?\(name)=\(good)").status == 401)
            }
        }
    }

    @Test("open what they are for and nothing else")
    func scopes() async throws {
        try await ServerHarness.run { server async throws in
            let cron = ServerHarness.cronSecret
            let person = ServerHarness.operatorSecret
            #expect(try await server.send(.GET, "/api/cron/status-check", secret: cron).status == 200)
            #expect(try await server.send(.GET, "/api/cron/status-check", secret: person).status == 401)
            #expect(try await server.send(.GET, "/api/monitoring/stats", secret: cron).status == 401)
            #expect(try await server.send(.POST, "/api/sessions/status-check", secret: cron).status == 200)
            #expect(try await server.send(.POST, "/api/sessions/status-check", secret: person).status == 200)
        }
    }

    @Test("of both sides of a rotation are live")
    func rotation() async throws {
        try await ServerHarness.run { server async throws in
            for secret in [ServerHarness.operatorSecret, ServerHarness.oldOperatorSecret] {
                #expect(try await server.send(.GET, "/api/monitoring/stats", secret: secret).status == 200)
                let answer = try await server.send(
                    .GET,
                    "/api/monitoring/stats",
                    headers: [("authorization", "bearer  \(secret)")]
                )
                #expect(answer.status == 200)
            }
        }
    }

    @Test("that are guessed are 401 however often, and lock nobody out who has one")
    func guesses() async throws {
        try await ServerHarness.run { server async throws in
            for _ in 0..<40 { #expect(try await server.send(.GET, "/api/cron/status-check", secret: "guess").status == 401) }
            let good = try await server.send(.GET, "/api/cron/status-check", secret: ServerHarness.cronSecret)
            #expect(good.status == 200)
        }
    }
}
