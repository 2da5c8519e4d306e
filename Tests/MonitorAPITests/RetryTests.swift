import GradingCore
import NIOHTTP1
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
            $0.attempts.maximum = 2
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

    @Test("of which the grading server knows nothing makes the task seem lost, and the log says so once")
    func unheardOf() async throws {
        try await ServerHarness.run { server async throws in
            let failure = #"{"status":"FAILURE","error":"no guide","attempt":1}"#
            try await server.register("task-1", student: "1")
            _ = try await server.callback(failure, path: "/api/webhooks/grading/task-1")
            server.gradingServer.answer("task-1", failure)
            #expect(try await server.post("/api/tasks/task-1/retry").json.object("result").string("outcome") == "retried")
            // A sweep an hour later, and another: the grading server goes on about the first attempt.
            for _ in 0..<2 {
                server.clock.advance(by: .seconds(3_600))
                let sweep = try await server.send(.POST, "/api/cron/status-check", secret: ServerHarness.cronSecret)
                #expect(sweep.status == 200)
            }
            #expect(try await server.status(of: "task-1") == .pending)
            #expect(try await server.store.student(of: TaskID("task-1")!)?.loss?.evidence == .olderAttempt)
            let rows = try await server.store.logs(of: SessionID("session-1")!, limit: 100, before: nil) ?? []
            #expect(rows.count { $0.message.contains("may not know of the retry") } == 1)
            #expect(!rows.contains { $0.message.contains("older attempt (") })
        }
    }

    // MARK: One task

    @Test("of one task says what became of it; of what has not failed it is 409, of what is not there 404")
    func single() async throws {
        try await ServerHarness.run { server async throws in
            try await Self.fail("task-1", on: server)
            try await server.register("task-2", student: "2")
            let answer = try await server.post("/api/tasks/task-1/retry")
            #expect(answer.status == 200 && answer.header("ratelimit") != nil)
            let result = answer.json.object("result")
            #expect(result.string("outcome") == "retried" && result.integer("attempt") == 2)
            #expect(try await server.status(of: "task-1") == .pending)
            #expect(try await server.post("/api/tasks/task-1/retry").status == 409)
            #expect(try await server.post("/api/tasks/task-2/retry").status == 409)
            #expect(try await server.post("/api/tasks/task-3/retry").status == 404)
        }
    }

    // MARK: Submitting again

    @Test("where the grading server takes resubmissions begins under the id that it gives; late news of the old one is refused")
    func resubmission() async throws {
        try await ServerHarness.run { server async throws in
            try await Self.fail("task-1", on: server)
            server.gradingServer.takeResubmissions(answering: #"{"task_id":"task-2","status":"PENDING"}"#)
            // The new attempt is faster than the answer that names it.
            _ = try await server.callback(#"{"status":"STARTED"}"#, path: "/api/webhooks/grading/task-2")
            let result = try await server.post("/api/tasks/task-1/retry").json.object("result")
            #expect(result.string("outcome") == "retried" && result.string("newTaskId") == "task-2")
            #expect(server.gradingServer.resubmitted.map(\.attempt) == [2])
            #expect(try await server.status(of: "task-2") == .processing)
            let late = try await server.callback(TaskDetailTests.completed, path: "/api/webhooks/grading/task-1")
            #expect(late.json.string("outcome") == "stale")
            #expect(try await server.status(of: "task-2") == .processing)
        }
    }

    @Test("does not submit again what has succeeded since")
    func recovered() async throws {
        try await ServerHarness.run { server async throws in
            try await Self.fail("task-1", on: server)
            server.gradingServer.takeResubmissions(answering: #"{"task_id":"task-2"}"#)
            // A late COMPLETED before the resubmission, by callback or as the answer to the first question.
            server.gradingServer.answer("task-1", TaskDetailTests.completed)
            let result = try await server.post("/api/tasks/task-1/retry").json.object("result")
            #expect(result.string("outcome") == "recovered")
            #expect(server.gradingServer.resubmitted.isEmpty)
            #expect(try await server.status(of: "task-1") == .completed)
        }
    }

    @Test(
        "that the grading server does not take leaves the task FAILED with the reason, one attempt later",
        arguments: [#"{"error":"no such exam"}"#, "<html>", #"{"task_id":"task-9"}"#, #"{"task_id":"a/b"}"#]
    )
    func refused(answer: String) async throws {
        try await ServerHarness.run { server async throws in
            try await Self.fail("task-1", on: server)
            try await server.register("task-9", student: "9")
            server.gradingServer.takeResubmissions(answering: answer)
            let result = try await server.post("/api/tasks/task-1/retry").json.object("result")
            #expect(result.string("outcome") == "refused" && result.integer("attempt") == 2)
            #expect(result.string("error")?.contains("submitted again") == true)
            #expect(try await server.status(of: "task-1") == .failed)
            #expect(try await server.store.task(TaskID("task-1")!)?.attempt == 2)
        }
    }

    @Test("stops at a grading server that is to be left alone, and begins no attempt there")
    func leftAlone() async throws {
        try await ServerHarness.run { server async throws in
            for task in ["task-1", "task-2"] { try await Self.fail(task, on: server) }
            server.gradingServer.takeResubmissions(failing: .busy(status: 503, quiet: .seconds(60)))
            let result = try await server.post(Self.path).json.object("result")
            #expect(result.integer("refused") == 1 && result.integer("unanswered") == 1)
            #expect(server.gradingServer.resubmitted.count == 1)
            let attempts = try await [
                server.store.task(TaskID("task-1")!)?.attempt, server.store.task(TaskID("task-2")!)?.attempt,
            ]
            #expect(attempts == [2, 1])
        }
    }
}
