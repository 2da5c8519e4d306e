import NIOHTTP1
import Testing

@testable import MonitorAPI

@Suite("Paths and methods", .timeLimit(.minutes(1)))
struct RoutingTests {
    @Test(
        "are taken literally",
        arguments: [
            "//livez", "/livez/", "/LIVEZ", "/livez%2F", "/%6civez", "/./livez", "/livez;a", "/api//tasks", "/api/tasks/",
            "/api/tasks//check", "/api/webhooks/grading/", "/api/webhooks/grading/a/b", "/", "/api",
        ]
    )
    func literal(_ path: String) async throws {
        try await ServerHarness.run { server async throws in
            try await RawConnection.open(server.port) { connection async throws in
                try await connection.send("GET \(path) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                #expect(try await connection.readUntilClosed().hasPrefix("HTTP/1.1 404 "))
            }
        }
    }

    @Test(
        "that do not go together are a 405 that says what would",
        arguments: [
            (HTTPMethod.POST, "/livez", "GET, HEAD"), (.GET, "/api/webhooks/grading", "POST, PUT"),
            (.DELETE, "/api/webhooks/grading/task-1", "POST, PUT"), (.PUT, "/api/cron/status-check", "GET, POST"),
            (.HEAD, "/api/cron/status-check", "GET, POST"), (.GET, "/api/sessions/status-check", "POST"),
            (.GET, "/api/tasks", "POST"), (.GET, "/api/tasks/task-1/priority", "PUT"),
            (.PUT, "/api/tasks/task-1/check", "GET, POST"),
            (.PATCH, "/api/sessions/session-1/logs", "GET, HEAD, POST"), (.POST, "/api/monitoring/stats", "GET, HEAD"),
            (.POST, "/api/tasks/task-1/logs", "GET, HEAD"), (.POST, "/api/tasks/task-1/student", "GET, HEAD"),
            (.POST, "/api/tasks/task-1/verify-results", "GET, HEAD"), (.GET, "/api/tasks/task-1/update-status", "POST"),
            (.GET, "/api/sessions/session-1/retry", "POST"), (.GET, "/api/tasks/task-1/retry", "POST"),
            (.POST, "/api/deliveries", "GET, HEAD"),
            (.GET, "/api/deliveries/msg_1/replay", "POST"),
        ]
    )
    func wrongMethod(_ method: HTTPMethod, _ path: String, _ allowed: String) async throws {
        try await ServerHarness.run { server async throws in
            let answer = try await server.send(method, path)
            #expect(answer.status == 405)
            #expect(answer.header("allow") == allowed)
        }
    }

    @Test("decode an id once, then judge it")
    func percentEncoding() async throws {
        try await ServerHarness.run { server async throws in
            try await server.register("task-1")
            let encoded = try await server.get("/api/tasks/task%2D1/check")
            #expect(encoded.json.object("result").string("taskId") == "task-1")
            for bad in [
                "task%252D1", "%2e%2e", "%2E%2E%2Fa", "a%2Fb", "%zz", "%", "a%00", "%ff", "a+b", "a%20b",
                String(repeating: "a", count: 129),
            ] {
                try await RawConnection.open(server.port) { connection async throws in
                    let secret = "Authorization: Bearer \(ServerHarness.operatorSecret)"
                    let head = "GET /api/sessions/\(bad)/status HTTP/1.1\r\nHost: a\r\n\(secret)\r\nConnection: close\r\n\r\n"
                    try await connection.send(head)
                    #expect(try await connection.readUntilClosed().hasPrefix("HTTP/1.1 400 "), "\(bad)")
                }
            }
        }
    }

    @Test("get an answer with an id of its own, whatever the caller sent")
    func requestID() async throws {
        try await ServerHarness.run { server async throws in
            let first = try await server.send(.GET, "/livez", headers: [("x-request-id", "mine")])
            let second = try await server.send(.GET, "/nothing")
            let ids = [first, second].compactMap { $0.header("x-request-id") }
            #expect(ids.count == 2 && ids[0] != ids[1] && ids[0] != "mine" && !ids[0].isEmpty)
            #expect(first.header("date") == "Tue, 24 Nov 2026 10:30:00 GMT")
        }
    }

    @Test("that are unknown get a problem document that does not repeat the query")
    func problem() async throws {
        try await ServerHarness.run { server async throws in
            let answer = try await server.send(.GET, "/nothing?token=secret")
            #expect(answer.header("content-type") == "application/problem+json")
            #expect(
                answer.text
                    == #"{"type":"about:blank","title":"Not Found","status":404,"detail":"There is nothing at this path.","instance":"/nothing"}"#
            )
        }
    }

    @Test("with HEAD answer as with GET, without the body")
    func head() async throws {
        try await ServerHarness.run { server async throws in
            try await RawConnection.open(server.port) { connection async throws in
                try await connection.send("HEAD /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                let answer = try await connection.readUntilClosed()
                #expect(answer.hasPrefix("HTTP/1.1 200 "))
                #expect(answer.contains("Content-Length: 15\r\n"))
                #expect(answer.hasSuffix("\r\n\r\n"))
            }
        }
    }
}
