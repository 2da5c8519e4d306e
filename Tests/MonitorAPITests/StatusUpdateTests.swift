import GradingCore
import NIOHTTP1
import Testing

@testable import MonitorAPI

@Suite("A status that the web app reports", .timeLimit(.minutes(1)))
struct StatusUpdateTests {
    static let path = "/api/tasks/task-1/update-status"

    @Test("is applied as manual, with a row in the log")
    func applied() async throws {
        try await ServerHarness.run { server async throws in
            try await server.register("task-1")
            let answer = try await server.post(Self.path, TaskDetailTests.completed)
            #expect(answer.status == 200)
            let result = answer.json.object("result")
            #expect(result.string("status") == "COMPLETED" && result["updated"] as? Bool == true)
            #expect(result.string("outcome") == "applied" && result.string("taskId") == "task-1")
            let log = try await server.get("/api/tasks/task-1/logs").json.array("logs")
            #expect(log.map { $0.string("context") } == ["manual"])
        }
    }

    @Test("that is no word of the grading server is 400 and changes nothing", arguments: ["DONE", "APPROVED", "", "complete"])
    func unknownWord(_ word: String) async throws {
        try await ServerHarness.run { server async throws in
            try await server.register("task-1")
            _ = try await server.post(Self.path, #"{"status":"PROCESSING"}"#)
            let answer = try await server.post(Self.path, #"{"status":"\#(word)"}"#)
            #expect(answer.status == 400)
            #expect(answer.header("content-type") == "application/problem+json")
            #expect(try await server.status(of: "task-1") == .processing)
            let words = try await server.get("/api/monitoring/stats").json.object("stats").object("unknownStatusWords")
            #expect(words.integer("total") == 0)
        }
    }

    @Test("never takes a status back")
    func neverDemotes() async throws {
        try await ServerHarness.run { server async throws in
            try await server.register("task-1")
            _ = try await server.callback(TaskDetailTests.completed, path: "/api/webhooks/grading/task-1")
            for (word, outcome) in [("PENDING", "stale"), ("PROCESSING", "stale"), ("FAILED", "conflict")] {
                let result = try await server.post(Self.path, #"{"status":"\#(word)"}"#).json.object("result")
                #expect(result.string("status") == "COMPLETED" && result["updated"] as? Bool == false)
                #expect(result.string("outcome") == outcome)
            }
            #expect(try await server.status(of: "task-1") == .completed)
        }
    }

    @Test("of a task that is not there is 404, and what is not JSON is 400 or 415")
    func refused() async throws {
        try await ServerHarness.run { server async throws in
            #expect(try await server.post(Self.path, #"{"status":"FAILED"}"#).status == 404)
            #expect(try await server.post(Self.path, "{").status == 400)
            let form = [("content-type", "application/x-www-form-urlencoded")]
            let secret = ServerHarness.operatorSecret
            let answer = try await server.send(.POST, Self.path, secret: secret, headers: form, body: Array("status=FAILED".utf8))
            #expect(answer.status == 415)
        }
    }

    @Test("unknown words of callbacks are counted, with the words, in the statistics")
    func counted() async throws {
        try await ServerHarness.run { server async throws in
            try await server.register("task-1")
            for word in ["HELD", "HELD", "GONE"] {
                _ = try await server.callback(#"{"status":"\#(word)"}"#, path: "/api/webhooks/grading/task-1")
            }
            let stats = try await server.get("/api/monitoring/stats").json.object("stats")
            let words = stats.object("unknownStatusWords")
            #expect(words.integer("total") == 3)
            #expect(words.object("words").integer("HELD") == 2 && words.object("words").integer("GONE") == 1)
            #expect(stats.integer("lost") == 0)
            #expect(try await server.status(of: "task-1") == .pending)
        }
    }
}
