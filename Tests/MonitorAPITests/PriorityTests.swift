import NIOHTTP1
import Testing

@testable import MonitorAPI

@Suite("Priorities", .timeLimit(.minutes(1)))
struct PriorityTests {
    private static func put(_ path: String, _ body: String, on server: ServerHarness) async throws -> Answer {
        try await server.send(
            .PUT,
            path,
            secret: ServerHarness.operatorSecret,
            headers: [("content-type", "application/json")],
            body: Array(body.utf8)
        )
    }

    @Test("of a task and of a session are set by an operator")
    func set() async throws {
        try await ServerHarness.run { server async throws in
            for number in 1...2 { try await server.register("task-\(number)", student: "\(number)") }
            let task = try await Self.put("/api/tasks/task-1/priority", #"{"priority":9}"#, on: server)
            #expect(task.text == #"{"taskId":"task-1","priority":9}"#)
            let session = try await Self.put("/api/sessions/session-1/priority", #"{"priority":0}"#, on: server)
            #expect(session.text == #"{"sessionId":"session-1","priority":0,"tasksChanged":2}"#)
        }
    }

    @Test("of what is not there are a 404")
    func unknown() async throws {
        try await ServerHarness.run { server async throws in
            for path in ["/api/tasks/nobody/priority", "/api/sessions/nowhere/priority"] {
                #expect(try await Self.put(path, #"{"priority":9}"#, on: server).status == 404)
            }
        }
    }

    @Test(
        "outside 0 to 9 are a 400 that says so",
        arguments: [#"{"priority":10}"#, #"{"priority":-1}"#, #"{"priority":"9"}"#, #"{"priority":null}"#, "{}", "[9]", "9", ""]
    )
    func schema(_ body: String) async throws {
        try await ServerHarness.run { server async throws in
            try await server.register("task-1")
            for path in ["/api/tasks/task-1/priority", "/api/sessions/session-1/priority"] {
                #expect(try await Self.put(path, body, on: server).status == 400)
            }
        }
    }
}
