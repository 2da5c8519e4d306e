import GradingCore
import NIOHTTP1
import Testing

@testable import MonitorAPI

@Suite("Sessions and sweeps", .timeLimit(.minutes(1)))
struct SessionTests {
    @Test("say how many students stand where, in the database's words")
    func status() async throws {
        try await ServerHarness.run { server async throws in
            for number in 1...4 { try await server.register("task-\(number)", student: "\(number)") }
            _ = try await server.callback(CallbackTests.completed)
            _ = try await server.callback(#"{"task_id":"task-2","status":"FAILURE"}"#)
            _ = try await server.callback(#"{"task_id":"task-3","status":"STARTED"}"#)
            #expect(
                try await server.get("/api/sessions/session-1/status").text
                    == #"{"id":"session-1","status":"IN_PROGRESS","completedStudents":1,"totalStudents":4,"failedStudents":1,"processingStudents":1,"pendingStudents":1}"#
            )
            #expect(try await server.get("/api/sessions/nothing/status").status == 404)
        }
    }

    @Test("are swept for the cron job: lost callbacks are found, the summary has its fixed shape")
    func sweep() async throws {
        try await ServerHarness.run { server async throws in
            try await server.register("task-1")
            server.gradingServer.answer("task-1", CallbackTests.completed)
            server.clock.advance(by: .seconds(121))
            let answer = try await server.send(.GET, "/api/cron/status-check", secret: ServerHarness.cronSecret)
            #expect(answer.status == 200)
            #expect(
                answer.text
                    == #"{"message":"Background task status check completed","timestamp":"2026-11-24T10:32:01.000Z","summary":{"tasksProcessed":1,"tasksUpdated":1,"errors":0,"sessionsUpdated":0,"parkedApplied":0,"joined":false,"gradingServer":"closed","currentStats":{"totalPendingTasks":0,"totalProcessingTasks":0,"totalActiveSessions":0}}}"#
            )
        }
    }

    @Test("are swept for people too")
    func sweepForPeople() async throws {
        try await ServerHarness.run { server async throws in
            try await server.register("task-1")
            let answer = try await server.post("/api/sessions/status-check")
            #expect(answer.status == 200)
            #expect(answer.json.string("message") == "Background task status check completed")
            #expect(answer.json.object("summary").object("currentStats").integer("totalPendingTasks") == 1)
            #expect(answer.header("ratelimit-policy") == #""manual";q=30;w=60"#)
        }
    }

    @Test("are counted for dashboards")
    func statistics() async throws {
        try await ServerHarness.run { server async throws in
            let empty = try await server.get("/api/monitoring/stats").text
            #expect(empty.contains(#""oldestPendingTask":null"#) && empty.contains(#""averageScore":null"#))
            for number in 1...2 { try await server.register("task-\(number)", student: "\(number)") }
            _ = try await server.callback(CallbackTests.completed)
            let stats = try await server.get("/api/monitoring/stats").json.object("stats")
            #expect(stats.integer("totalPendingTasks") == 1)
            #expect(stats.integer("totalProcessingTasks") == 0)
            #expect(stats.integer("totalActiveSessions") == 1)
            #expect(stats.integer("totalSessions") == 1)
            #expect(stats.integer("totalStudentsGraded") == 1)
            #expect(stats["averageScore"] as? Double == 50)
            #expect(stats.object("oldestPendingTask").string("taskId") == "task-2")
            #expect(stats.object("oldestPendingTask").string("studentName") == "Ada Obi")
            #expect(stats.object("oldestPendingTask").string("createdAt") == "2026-11-24T10:30:00.000Z")
            #expect(stats.object("completedBy").integer("callback") == 1)
            #expect(stats.object("deliveries").integer("applied") == 1)
            #expect(stats.object("gradingServer").string("breaker") == "closed")
            #expect(stats.object("callbackLoss")["lossRate"] as? Double == 0)
            #expect(stats.object("callbackLoss").object("learnedVia").integer("callback") == 1)
            #expect(stats.object("callbackLoss").array("perHour").count == 24)
            #expect(stats.object("callbackLoss").array("bySession").first?.string("sessionId") == "session-1")
            #expect(stats.object("adaptiveGrace")["on"] as? Bool == true)
            #expect(stats.object("failingTasks").integer("total") == 0)
        }
    }

    // MARK: Logs

    @Test("have a log to which rows can be added")
    func addLog() async throws {
        try await ServerHarness.run { server async throws in
            try await server.register("task-1")
            let added = try await server.post(
                "/api/sessions/session-1/logs",
                #"{"level":"WARNING","message":"Looked \"odd\"\n","context":"web","studentId":"x","metadata":{"b":1.50,"a":[null]}}"#
            )
            #expect(added.status == 201)
            #expect(added.text.contains(#""metadata":{"b":1.50,"a":[null]}"#), "\(added.text)")
            #expect(added.json.string("message") == "Looked \"odd\"\n")
            let plain = try await server.post("/api/sessions/session-1/logs", #"{"level":"INFO","message":"m","metadata":null}"#)
            #expect(plain.text.contains(#""context":null,"studentId":null,"metadata":null"#))
            let logs = try await server.get("/api/sessions/session-1/logs").json
            #expect(logs.string("sessionId") == "session-1")
            #expect(logs.array("logs").compactMap { $0.string("id") }.contains(added.json.string("id")!))
        }
    }

    @Test("have a log that is read page by page, newest first")
    func pages() async throws {
        try await ServerHarness.run { server async throws in
            try await server.register("task-1")
            for number in 1...5 {
                _ = try await server.post("/api/sessions/session-1/logs", #"{"level":"INFO","message":"\#(number)"}"#)
                if number.isMultiple(of: 2) { server.clock.advance(by: .seconds(1)) }
            }
            var messages: [String] = []
            var next: String? = ""
            while let before = next {
                let query = before.isEmpty ? "" : "&before=\(before)"
                let page = try await server.get("/api/sessions/session-1/logs?limit=2\(query)").json
                messages += page.array("logs").compactMap { $0.string("message") }
                next = page.string("nextBefore")
            }
            #expect(Set(messages) == ["1", "2", "3", "4", "5"] && messages.count == 5)
            #expect(messages.first == "5")
            let older = try await server.get("/api/sessions/session-1/logs?before=2026-11-24T10:30:01.000Z").json
            #expect(Set(older.array("logs").compactMap { $0.string("message") }) == ["1", "2"])
        }
    }

    @Test(
        "refuse a bad question about their log",
        arguments: ["limit=0", "limit=1001", "limit=a", "limit=", "limit=1&limit=2", "before=yesterday", "before=", "before=%zz"]
    )
    func badQuery(_ query: String) async throws {
        try await ServerHarness.run { server async throws in
            try await server.register("task-1")
            #expect(try await server.get("/api/sessions/session-1/logs?\(query)").status == 400)
            #expect(try await server.get("/api/sessions/nothing/logs").status == 404)
        }
    }

    @Test(
        "refuse a row that does not fit",
        arguments: [
            (#"{"message":"m"}"#, "level is missing"), (#"{"level":"info","message":"m"}"#, "level is not one of"),
            (#"{"level":"INFO"}"#, "message is missing"), (#"{"level":"INFO","message":""}"#, "message is not"),
            (#"{"level":"INFO","message":1}"#, "message is of the wrong type"), ("[]", "the body is of the wrong type"),
            (#"{"level":"INFO","message":"m","metadata":{"a":1,"a":2}}"#, "duplicate key"),
            (
                #"{"level":"INFO","message":"m","metadata":"\#(String(repeating: "x", count: 70_000))"}"#,
                "metadata is larger than 65536 bytes"
            ),
        ]
    )
    func badRow(_ body: String, _ detail: String) async throws {
        try await ServerHarness.run { server async throws in
            try await server.register("task-1")
            let answer = try await server.post("/api/sessions/session-1/logs", body)
            #expect(answer.status == 400)
            #expect(answer.json.string("detail")?.contains(detail) == true, "\(answer.text)")
            #expect(try await server.post("/api/sessions/nothing/logs", #"{"level":"INFO","message":"m"}"#).status == 404)
        }
    }
}
