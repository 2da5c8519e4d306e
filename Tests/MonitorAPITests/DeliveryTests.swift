import GradingCore
import NIOHTTP1
import Testing

@testable import MonitorAPI

@Suite("The delivery ledger", .timeLimit(.minutes(1)))
struct DeliveryTests {
    static let processing = #"{"task_id":"task-1","status":"PROCESSING"}"#

    /// The rows that are wanted, once there are so many: refusals are written in the background.
    static func rows(_ count: Int, _ query: String, of server: ServerHarness) async throws -> [[String: any Sendable]] {
        while true {
            let answer = try await server.get("/api/deliveries?\(query)")
            #expect(answer.status == 200)
            let rows = answer.json.array("deliveries")
            if rows.count >= count { return rows }
            await Task.yield()
        }
    }

    @Test("lists what came and what became of it, newest first, by outcome and by task")
    func list() async throws {
        try await ServerHarness.run { server async throws in
            try await server.register("task-1")
            _ = try await server.callback(Self.processing, id: "msg_1")
            server.clock.advance(by: .seconds(60))
            _ = try await server.callback(#"{"task_id":"task-2","status":"PROCESSING"}"#, id: "msg_2")
            server.clock.advance(by: .seconds(90))
            let rows = try await Self.rows(2, "", of: server)
            #expect(rows.map { $0.string("deliveryId") } == ["msg_2", "msg_1"])
            #expect(rows.map { $0.string("outcome") } == ["parked", "applied"])
            #expect(rows.map { $0["ageSeconds"] as? Double } == [90, nil])
            #expect(rows[1].string("receivedAt") == "2026-11-24T10:30:00.000Z")
            #expect(rows[1].string("taskId") == "task-1" && rows[1]["hasConflict"] as? Bool == false)
            #expect(rows[1].string("keyId")?.hasPrefix("k-") == true && rows[1].string("bodyHash")?.count == 64)
            #expect(try await Self.rows(1, "outcome=parked", of: server).map { $0.string("deliveryId") } == ["msg_2"])
            #expect(try await Self.rows(1, "task=task-1", of: server).map { $0.string("deliveryId") } == ["msg_1"])
            let first = try await server.get("/api/deliveries?limit=1").json
            let next = try #require(first.string("nextBefore"))
            #expect(next == "2026-11-24T10:31:00.000Z_msg_2")
            #expect(try await Self.rows(1, "limit=1&before=\(next)", of: server).map { $0.string("deliveryId") } == ["msg_1"])
        }
    }

    @Test(
        "takes no word for an outcome that is none, and no limit, cursor or task outside the rules",
        arguments: ["outcome=lost", "outcome=", "outcome=Refused", "limit=0", "limit=1001", "before=soon", "task=..", "task="]
    )
    func badQuery(_ query: String) async throws {
        try await ServerHarness.run { server async throws in
            let answer = try await server.get("/api/deliveries?\(query)")
            #expect(answer.status == 400)
            #expect(answer.header("content-type") == "application/problem+json")
        }
    }

    @Test("tells the operator of a refusal what the sender is never told")
    func refusals() async throws {
        try await ServerHarness.run { server async throws in
            let body = Array(Self.processing.utf8)
            func send(_ signer: WebhookSigner, _ id: String, secondsAgo: Int = 0) async throws -> Answer {
                let time = server.clock.now.advanced(by: .seconds(-secondsAgo))
                let headers = signer.headers(id: id, at: time, body: body).map { ($0.name, $0.value) }
                return try await server.send(.POST, "/api/webhooks/grading", headers: headers, body: body)
            }
            let answers = [
                try await send(server.retiredSigner, "msg_retired"), try await send(server.signer, "msg_late", secondsAgo: 412),
                try await server.forgedCallback(),
            ]
            #expect(answers.allSatisfy { $0.status == 401 && $0.text == answers[0].text })
            let rows = try await Self.rows(3, "outcome=refused", of: server)
            let byReason = Dictionary(grouping: rows) { $0.string("reason") ?? "" }.compactMapValues(\.first)
            #expect(Set(byReason.keys) == ["retired-key", "clock-skew", "no-signature"])
            #expect(byReason["retired-key"]?.string("deliveryId") == "msg_retired")
            #expect(byReason["retired-key"]?.string("taskId") == "task-1")
            #expect(byReason["clock-skew"]?.string("detail")?.contains("The sender is 412 s behind") == true)
            #expect(byReason["no-signature"]?.string("deliveryId") == nil)
            #expect(rows.allSatisfy { $0.string("sender") == "127.0.0.1" && $0.integer("count") == 1 })
            // The same list has them beside what was taken in, and by task.
            _ = try await send(server.signer, "msg_good")
            #expect(try await Self.rows(4, "", of: server).count == 4)
            #expect(try await Self.rows(3, "task=task-1", of: server).count == 3)
        }
    }

    @Test(
        "has a reason of its own for each fault of a callback that is signed well",
        arguments: [
            ("{", "malformed-json"), ("[]", "schema"), (#"{"task_id":"task-1"}"#, "schema"),
            (#"{"status":"A",}"#, "malformed-json"),
            (#"{"task_id":"..","status":"SUCCESS"}"#, "bad-task-id"),
        ]
    )
    func unsound(_ body: String, _ reason: String) async throws {
        try await ServerHarness.run { server async throws in
            #expect(try await server.callback(body, id: "msg_1").status == 400)
            let row = try await Self.rows(1, "outcome=refused", of: server)[0]
            #expect(row.string("reason") == reason)
            #expect(row.string("deliveryId") == "msg_1" && row.string("keyId")?.hasPrefix("k-") == true)
            #expect(row.string("detail")?.hasPrefix("Signed well, but: ") == true)
        }
    }

    @Test("tells wrong types, encodings, paths and sizes apart")
    func otherFaults() async throws {
        try await ServerHarness.run {
            $0.connection.bodyBytes = 1_000
        } _: { server async throws in
            #expect(try await server.callback(Self.processing, contentType: "text/plain").status == 415)
            #expect(try await server.callback([0xFF], contentType: "text/plain").status == 400)
            #expect(try await server.callback([0xFF]).status == 400)
            #expect(try await server.callback(Self.processing, path: "/api/webhooks/grading/task-2").status == 400)
            #expect(try await server.callback(Self.processing, path: "/api/webhooks/grading/%2e%2e").status == 400)
            #expect(try await server.callback(String(repeating: " ", count: 1_001)).status == 413)
            let rows = try await Self.rows(6, "outcome=refused", of: server)
            let reasons = rows.compactMap { $0.string("reason") }.sorted()
            #expect(reasons == ["bad-task-id", "body-too-large", "content-type", "not-utf-8", "not-utf-8", "task-mismatch"])
            let tooLarge = try #require(rows.first { $0.string("reason") == "body-too-large" })
            #expect(tooLarge.integer("bodyBytes") == 1_001 && tooLarge["bodyHash"] is String == false)
        }
    }

    // MARK: Replays

    @Test("applies a parked delivery when an operator wants it to, and only once")
    func replay() async throws {
        try await ServerHarness.run { server async throws in
            _ = try await server.callback(Self.processing, id: "msg/1")
            let early = try await server.post("/api/deliveries/msg%2F1/replay")
            #expect(early.status == 200)
            #expect(early.json.object("result").string("outcome") == "parked")
            #expect(early.json.object("result")["status"] is String == false)
            // Past the endpoint, which would apply it itself.
            let session = SessionRegistration(
                id: SessionID("session-1")!,
                title: nil,
                subject: nil,
                examYear: nil,
                numStudents: nil
            )
            let task = TaskRegistration(
                task: TaskID("task-1")!,
                studentName: "Ada Obi",
                studentID: nil,
                priority: nil,
                session: session
            )
            _ = try await server.store.register([task], at: server.clock.now)
            let applied = try await server.post("/api/deliveries/msg%2F1/replay")
            #expect(applied.status == 200 && applied.header("ratelimit") != nil)
            #expect(applied.json.object("result").string("outcome") == "applied")
            #expect(applied.json.object("result").string("status") == "PROCESSING")
            let again = try await server.post("/api/deliveries/msg%2F1/replay")
            #expect(again.status == 409)
            #expect(again.json.string("detail") == "This delivery is not parked: it was applied, and its report is not kept.")
            #expect(try await server.status(of: "task-1") == .processing)
        }
    }

    @Test("of a delivery that nobody knows is 404")
    func unknown() async throws {
        try await ServerHarness.run { server async throws in
            for id in ["msg_1", "%ff", "a%00b"] {
                #expect(try await server.post("/api/deliveries/\(id)/replay").status == 404, "\(id)")
            }
        }
    }

    @Test("stays bounded when it is flooded")
    func flood() async throws {
        try await ServerHarness.run { server async throws in
            for _ in 0..<150 { _ = try await server.forgedCallback() }
            var total = 0
            while total < 150 {
                let rows = try await Self.rows(1, "outcome=refused", of: server)
                #expect(rows.count <= 5)
                total = rows.reduce(0) { $0 + ($1.integer("count") ?? 0) }
            }
            #expect(total == 150)
        }
    }
}
