import GradingCore
import NIOHTTP1
import Testing

@testable import MonitorAPI

@Suite("What the web app asks about one task", .timeLimit(.minutes(1)))
struct TaskDetailTests {
    static let completed = #"{"status":"COMPLETED","result":{"results":{"1a":{"score":2,"max_score":4,"feedback":"fair"}}}}"#

    @Test("is its student, under the names of the web app's columns")
    func student() async throws {
        try await ServerHarness.run { server async throws in
            try await server.register("task-1")
            _ = try await server.callback(Self.completed, path: "/api/webhooks/grading/task-1")
            let answer = try await server.get("/api/tasks/task-1/student")
            #expect(answer.status == 200)
            let student = answer.json.object("student")
            #expect(student.string("name") == "Ada Obi" && student.string("studentName") == "Ada Obi")
            #expect(student.string("studentId") == "2010402434")
            #expect(student.string("gradingSessionId") == "session-1")
            #expect(student.string("status") == "COMPLETED")
            #expect(student["percentage"] as? Double == 50)
            #expect(student.object("rawGradingOutput").object("results").object("1a").integer("score") == 2)
            #expect(student.string("gradedAt") == server.clock.now.iso8601)
        }
    }

    @Test("is its log, whichever way a row names the student")
    func logs() async throws {
        try await ServerHarness.run { server async throws in
            try await server.register("task-1")
            try await server.register("task-2", student: "2")
            let row = try #require(try await server.get("/api/tasks/task-1/student").json.object("student").string("id"))
            for student in [row, "2010402434", "2"] {
                let body = #"{"level":"INFO","message":"by \#(student)","studentId":"\#(student)"}"#
                #expect(try await server.post("/api/sessions/session-1/logs", body).status == 201)
            }
            let answer = try await server.get("/api/tasks/task-1/logs")
            let messages = answer.json.array("logs").compactMap { $0.string("message") }
            #expect(Set(messages) == ["by \(row)", "by 2010402434"])
            #expect(answer.json.array("logs").allSatisfy { $0.string("studentId") == row })
            #expect(answer.json.string("studentId") == row)
            for name in [row, "2010402434"] {
                let filtered = try await server.get("/api/sessions/session-1/logs?studentId=\(name)")
                #expect(filtered.json.array("logs").count == 2)
            }
            #expect(try await server.get("/api/tasks/task-1/logs?limit=1").json.string("nextBefore") != nil)
            #expect(try await server.get("/api/tasks/task-1/logs?limit=0").status == 400)
        }
    }

    @Test("is whether its result holds, and what speaks against it")
    func verification() async throws {
        try await ServerHarness.run { server async throws in
            for task in ["task-1", "task-2", "task-3"] { try await server.register(task, student: task) }
            _ = try await server.callback(Self.completed, path: "/api/webhooks/grading/task-1")
            let disguised = #"{"status":"COMPLETED","result":{"results":{"1":{"score":0,"feedback":"Grader error"}}}}"#
            _ = try await server.callback(disguised, path: "/api/webhooks/grading/task-2")

            let good = try await server.get("/api/tasks/task-1/verify-results").json
            #expect(good["verified"] as? Bool == true && good["hasResults"] as? Bool == true)
            #expect(good["problems"] as? [String] == [])
            #expect(good["percentage"] as? Double == 50)
            let bad = try await server.get("/api/tasks/task-2/verify-results").json
            #expect(bad["verified"] as? Bool == false && bad.string("status") == "REQUIRES_REVIEW")
            #expect((bad["problems"] as? [String])?.count == 1)
            let open = try await server.get("/api/tasks/task-3/verify-results").json
            #expect(open["problems"] as? [String] == ["the task has not ended with a result", "no result is stored"])
            #expect(open["hasResults"] as? Bool == false)
        }
    }

    @Test("is 404 for a task that is not there and 400 for no task id; HEAD is GET without the body")
    func unknown() async throws {
        try await ServerHarness.run { server async throws in
            try await server.register("task-1")
            for name in ["logs", "student", "verify-results"] {
                let missing = try await server.get("/api/tasks/nowhere/\(name)")
                #expect(missing.status == 404)
                #expect(missing.header("content-type") == "application/problem+json")
                #expect(try await server.get("/api/tasks/a%20b/\(name)").status == 400)
                let secret = ServerHarness.operatorSecret
                let head = try await server.send(.HEAD, "/api/tasks/task-1/\(name)", secret: secret)
                #expect(head.status == 200 && head.body.isEmpty)
            }
        }
    }
}
