import GradingCore
import Testing

@testable import MonitorAPI

@Suite("A retry of a session's failed students", .timeLimit(.minutes(1)))
struct RetryTests {
    static let path = "/api/sessions/session-1/retry"

    static func fail(_ task: String, on server: ServerHarness) async throws {
        try await server.register(task, student: task)
        _ = try await server.callback(#"{"status":"FAILURE","error":"no guide"}"#, path: "/api/webhooks/grading/\(task)")
    }

    @Test("asks the grading server first, takes a grade that came since, and begins the rest anew")
    func retries() async throws {
        try await ServerHarness.run { server async throws in
            for task in ["task-1", "task-2"] { try await Self.fail(task, on: server) }
            try await server.register("task-3", student: "3")
            server.gradingServer.answer("task-1", TaskDetailTests.completed)
            server.gradingServer.answer("task-2", #"{"status":"FAILURE","error":"no guide"}"#)
            let answer = try await server.post(Self.path)
            #expect(answer.status == 200)
            #expect(answer.header("ratelimit") != nil)
            let result = answer.json.object("result")
            #expect(result.integer("retried") == 1 && result.integer("recovered") == 1 && result.integer("exhausted") == 0)
            let students = answer.json.array("students").map { [$0.string("taskId"), $0.string("outcome")] }
            #expect(students == [["task-1", "recovered"], ["task-2", "retried"]])
            #expect(try await server.status(of: "task-1") == .completed)
            #expect(try await server.status(of: "task-2") == .pending)
            #expect(try await server.store.task(TaskID("task-2")!)?.attempt == 2)
        }
    }

    @Test("begins no more attempts than are allowed")
    func exhausted() async throws {
        try await ServerHarness.run {
            $0.maximumAttempts = 2
        } _: { server async throws in
            try await Self.fail("task-1", on: server)
            // It does not know the task any more (404): that is an answer.
            #expect(try await server.post(Self.path).json.object("result").integer("retried") == 1)
            _ = try await server.callback(#"{"status":"FAILURE"}"#, path: "/api/webhooks/grading/task-1")
            let second = try await server.post(Self.path).json
            #expect(second.object("result").integer("exhausted") == 1 && second.object("result").integer("retried") == 0)
            #expect(try await server.status(of: "task-1") == .failed)
        }
    }

    @Test("begins nothing while the grading server is down: what it has graded since would be graded twice")
    func unanswered() async throws {
        try await ServerHarness.run { server async throws in
            try await Self.fail("task-1", on: server)
            server.gradingServer.fail(with: .timeout)
            let answer = try await server.post(Self.path).json
            #expect(answer.object("result").integer("unanswered") == 1)
            #expect(try await server.status(of: "task-1") == .failed)
        }
    }

    @Test("of a session that is not there is 404")
    func unknown() async throws {
        try await ServerHarness.run { server async throws in
            #expect(try await server.post("/api/sessions/nowhere/retry").status == 404)
        }
    }
}
