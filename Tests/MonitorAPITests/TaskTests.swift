import GradingCore
import NIOHTTP1
import Testing

@testable import MonitorAPI

@Suite("Tasks", .timeLimit(.minutes(1)))
struct TaskTests {
    @Test("are registered once, however often they are sent")
    func idempotent() async throws {
        try await ServerHarness.run { server async throws in
            let body = """
                [{"taskId":"task-1","studentName":"Ada Obi","studentId":"1","priority":9,"extra":true,
                  "session":{"id":"session-1","title":"Mathematics, June","subject":"M","examYear":"2026","numStudents":2}},
                 {"taskId":"task-2","studentName":"Bo","session":{"id":"session-1"}},
                 {"taskId":"task-2","studentName":"Bo","session":{"id":"session-1"}}]
                """
            #expect(try await server.post("/api/tasks", body).text == #"{"registered":2,"unchanged":1,"appliedParked":0}"#)
            #expect(try await server.post("/api/tasks", body).text == #"{"registered":0,"unchanged":3,"appliedParked":0}"#)
            #expect(try await server.status(of: "task-2") == .pending)
        }
    }

    @Test("that another student holds are a 409, and nothing is written")
    func taken() async throws {
        try await ServerHarness.run { server async throws in
            try await server.register("task-1")
            let answer = try await server.post(
                "/api/tasks",
                """
                [{"taskId":"task-9","studentName":"Bo","session":{"id":"session-1"}},
                 {"taskId":"task-1","studentName":"Cy","studentId":"2","session":{"id":"session-1"}}]
                """
            )
            #expect(answer.status == 409)
            #expect(answer.json.string("detail")?.contains("task-1") == true)
            #expect(try await server.status(of: "task-9") == nil)
        }
    }

    @Test(
        "that do not fit are a 400 that says where",
        arguments: [
            ("[]", "1 to 5000"), ("{}", "the body is of the wrong type"), ("[1]", "[0] is of the wrong type"),
            (#"[{"studentName":"A","session":{"id":"s"}}]"#, "[0].taskId is missing"),
            (#"[{"taskId":"t","session":{"id":"s"}}]"#, "[0].studentName is missing"),
            (#"[{"taskId":"t","studentName":"A"}]"#, "[0].session is missing"),
            (#"[{"taskId":"t","studentName":"A","session":{}}]"#, "[0].session.id is missing"),
            (
                #"[{"taskId":"t","studentName":"A","session":{"id":"s"}},{"taskId":"a b","studentName":"A","session":{"id":"s"}}]"#,
                "[1].taskId is not"
            ),
            (#"[{"taskId":"t","studentName":"","session":{"id":"s"}}]"#, "[0].studentName is not 1 to 300"),
            (#"[{"taskId":"t","studentName":"a\u0000","session":{"id":"s"}}]"#, "[0].studentName is not 1 to 300"),
            (#"[{"taskId":"t","studentName":"A","priority":10,"session":{"id":"s"}}]"#, "[0].priority is not 0 to 9"),
            (#"[{"taskId":"t","studentName":"A","priority":"5","session":{"id":"s"}}]"#, "[0].priority is of the wrong type"),
            (
                #"[{"taskId":"t","studentName":"A","priority":99999999999999999999,"session":{"id":"s"}}]"#,
                "holds a number that is out of range"
            ),
            (#"[{"taskId":"t","studentName":"A","session":{"id":"../s"}}]"#, "[0].session.id is not"),
            (#"[{"taskId":"t","studentName":"A","session":{"id":"s","numStudents":-1}}]"#, "[0].session.numStudents is not"),
            (
                #"[{"taskId":"t","studentName":"A","session":{"id":"s"}},{"taskId":"t","studentName":"B","session":{"id":"s"}}]"#,
                "[1].taskId stands in [0]"
            ),
            (#"[{"taskId":"t","taskId":"t","studentName":"A","session":{"id":"s"}}]"#, "duplicate key"),
            (#"[{"taskId":"t","studentName":"A","session":{"id":"s"}},]"#, "malformed JSON"), ("", "malformed JSON"),
        ]
    )
    func schema(_ body: String, _ detail: String) async throws {
        try await ServerHarness.run { server async throws in
            let answer = try await server.post("/api/tasks", body)
            #expect(answer.status == 400)
            #expect(answer.json.string("detail")?.contains(detail) == true, "\(answer.text)")
            #expect(try await server.status(of: "t") == nil)
        }
    }

    @Test("that are not declared as JSON are a 415")
    func declaredType() async throws {
        try await ServerHarness.run { server async throws in
            let answer = try await server.send(
                .POST,
                "/api/tasks",
                secret: ServerHarness.operatorSecret,
                headers: [("content-type", "text/plain")],
                body: [0x5B, 0x5D]
            )
            #expect(answer.status == 415)
        }
    }

    @Test("are asked about on request")
    func check() async throws {
        try await ServerHarness.run { server async throws in
            try await server.register("task-1")
            server.gradingServer.answer("task-1", CallbackTests.completed)
            let answer = try await server.post("/api/tasks/task-1/check")
            #expect(answer.json.string("message") == "Task status checked")
            #expect(answer.json.string("timestamp") == "2026-11-24T10:30:00.000Z")
            let members = #""updated":true,"askedBy":"manual","learnedVia":"manual","secondsLate":null"#
            #expect(answer.text.contains(#""taskId":"task-1","status":"COMPLETED",\#(members)"#))
            let again = try await server.get("/api/tasks/task-1/check")
            #expect(again.json.object("result").string("status") == "COMPLETED")
            #expect(again.text.contains(#""note":"already settled, not asked again""#))
        }
    }

    @Test("whose check fails keep their status, and the answer says why")
    func failedCheck() async throws {
        try await ServerHarness.run { server async throws in
            try await server.register("task-1")
            let answer = try await server.get("/api/tasks/task-1/check")
            #expect(answer.status == 200)
            #expect(answer.json.object("result").string("status") == "PENDING")
            #expect(answer.json.object("result").string("error")?.contains("404") == true)
        }
    }

    @Test("that are unknown cannot be asked about")
    func unknown() async throws {
        try await ServerHarness.run { server async throws in
            #expect(try await server.get("/api/tasks/nobody/check").status == 404)
            #expect(try await server.get("/api/tasks/a%20b/check").status == 400)
        }
    }
}
