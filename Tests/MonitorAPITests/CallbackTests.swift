import GradingCore
import NIOHTTP1
import Testing

@testable import MonitorAPI

@Suite("A callback", .timeLimit(.minutes(1)))
struct CallbackTests {
    static let completed =
        #"{"task_id":"task-1","status":"SUCCESS","result":{"status":"COMPLETED","results":{"1a":{"score":2,"max_score":4}}}}"#
    static let processing = #"{"task_id":"task-1","status":"PROCESSING"}"#

    @Test("that is signed is committed and answered with what became of it")
    func applied() async throws {
        try await ServerHarness.run { server async throws in
            try await server.register("task-1")
            let answer = try await server.callback(Self.completed, id: "msg_1")
            #expect(answer.status == 200)
            #expect(answer.header("content-type") == "application/json")
            #expect(answer.text == #"{"outcome":"applied","taskId":"task-1","status":"COMPLETED","deliveryId":"msg_1"}"#)
            #expect(try await server.status(of: "task-1") == .completed)
        }
    }

    @Test("may come by PUT, with the task's id in the path", arguments: [HTTPMethod.PUT, .POST])
    func inPath(_ method: HTTPMethod) async throws {
        try await ServerHarness.run { server async throws in
            try await server.register("task-1")
            let answer = try await server.callback(#"{"status":"STARTED"}"#, path: "/api/webhooks/grading/task-1", method: method)
            #expect(answer.json.string("status") == "PROCESSING")
        }
    }

    @Test("that comes in many pieces is committed and answered like a small one", arguments: [64 << 10, 200_000])
    func large(_ bytes: Int) async throws {
        try await ServerHarness.run { server async throws in
            try await server.register("task-1")
            let feedback = String(repeating: "a", count: bytes)
            let result = #"{"status":"COMPLETED","results":{"1":{"feedback":"\#(feedback)"}}}"#
            let body = #"{"task_id":"task-1","status":"SUCCESS","result":\#(result)}"#
            let answer = try await server.callback(body, id: "msg_1")
            #expect(answer.status == 200)
            #expect(answer.text.hasPrefix(#"{"outcome":"applied","taskId":"task-1""#))
            #expect(answer.header("x-request-id")?.isEmpty == false)
        }
    }

    /// The bytes of a callback, as delivery `msg_1`.
    private static func completed(signedBy server: ServerHarness) -> String {
        let headers = server.signer.headers(id: "msg_1", at: server.clock.now, body: Array(completed.utf8))
        let lines = headers.map { "\($0.name): \($0.value)\r\n" }.joined()
        let length = completed.utf8.count
        return "POST /api/webhooks/grading HTTP/1.1\r\nHost: a\r\nContent-Length: \(length)\r\n\(lines)\r\n\(completed)"
    }

    @Test("whose sender has closed its side is answered after the commit, and then the connection ends")
    func halfClosed() async throws {
        try await ServerHarness.run { server async throws in
            try await server.register("task-1")
            server.store.holdCommits()
            let answer = try await RawConnection.open(server.port) { connection async throws in
                try await connection.send(Self.completed(signedBy: server))
                connection.endSending()
                // While the commit takes its time the server learns that no more will come.
                for _ in 1...20 { _ = try await server.send(.GET, "/livez") }
                server.store.letCommitsGo()
                return try await connection.readUntilClosed()
            }
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(answer.contains("Connection: close\r\n"))
            #expect(answer.hasSuffix(#""status":"COMPLETED","deliveryId":"msg_1"}"#))
        }
    }

    @Test("whose sender has gone before the commit is committed all the same")
    func gone() async throws {
        try await ServerHarness.run { server async throws in
            try await server.register("task-1")
            server.store.holdCommits()
            try await RawConnection.open(server.port) { connection async throws in
                try await connection.send(Self.completed(signedBy: server))
                await server.store.commitIsHeld()
            }
            server.store.letCommitsGo()
            // Of the same delivery a second time: its answer comes after the first one's commit.
            let answer = try await server.callback(Self.completed, id: "msg_1")
            #expect(answer.json.string("outcome") == "duplicate")
            #expect(try await server.status(of: "task-1") == .completed)
        }
    }

    @Test("that says PROCESSING late does not undo COMPLETED")
    func lateProcessing() async throws {
        try await ServerHarness.run { server async throws in
            try await server.register("task-1")
            _ = try await server.callback(Self.completed)
            let late = try await server.callback(Self.processing)
            #expect(late.status == 200)
            #expect(late.json.string("outcome") == "stale")
            #expect(late.json.string("status") == "COMPLETED")
        }
    }

    @Test("of an older attempt changes nothing, by its task id or by its number")
    func olderAttempt() async throws {
        try await ServerHarness.run { server async throws in
            try await server.register("task-1")
            _ = try await server.callback(#"{"task_id":"task-1","status":"FAILURE"}"#)
            try await server.register("task-2")
            let byTask = try await server.callback(#"{"task_id":"task-1","status":"FAILURE","error":"old"}"#)
            #expect(byTask.status == 200)
            #expect(byTask.json.string("outcome") == "stale")
            _ = try await server.callback(#"{"task_id":"task-2","status":"STARTED","attempt":2}"#)
            let byNumber = try await server.callback(#"{"task_id":"task-2","status":"FAILURE","attempt":1}"#)
            #expect(byNumber.json.string("outcome") == "stale")
            #expect(try await server.status(of: "task-2") == .processing)
            let current = try await server.callback(#"{"task_id":"task-2","status":"FAILURE","attempt":2}"#)
            #expect(current.json.string("outcome") == "applied")
        }
    }

    @Test("with a known id and another body is a conflict, and the first one stands")
    func conflict() async throws {
        try await ServerHarness.run { server async throws in
            try await server.register("task-1")
            _ = try await server.callback(Self.completed, id: "msg_1")
            let other = try await server.callback(#"{"task_id":"task-1","status":"FAILURE"}"#, id: "msg_1")
            #expect(other.status == 200)
            #expect(other.json.string("outcome") == "conflict")
            #expect(try await server.status(of: "task-1") == .completed)
        }
    }

    @Test("that comes before its task is kept, and applied when the task is registered")
    func parked() async throws {
        try await ServerHarness.run { server async throws in
            let early = try await server.callback(Self.completed, id: "msg_1")
            #expect(early.status == 202)
            #expect(early.text == #"{"outcome":"parked","taskId":"task-1","deliveryId":"msg_1"}"#)
            let registered = try await server.register("task-1")
            #expect(registered.text == #"{"registered":1,"unchanged":0,"appliedParked":1}"#)
            #expect(try await server.status(of: "task-1") == .completed)
        }
    }

    @Test("that comes fifty times at once is answered fifty times and has one effect and one log row")
    func fiftyAtOnce() async throws {
        try await ServerHarness.run { server async throws in
            try await server.register("task-1")
            let outcomes = try await withThrowingTaskGroup(of: Answer.self) { group in
                for _ in 0..<50 { group.addTask { try await server.callback(Self.completed, id: "msg_1") } }
                return try await group.reduce(into: [Answer]()) { $0.append($1) }
            }
            #expect(outcomes.allSatisfy { $0.status == 200 })
            #expect(outcomes.count { $0.json.string("outcome") == "applied" } == 1)
            #expect(outcomes.count { $0.json.string("outcome") == "duplicate" } == 49)
            #expect(try await server.get("/api/sessions/session-1/logs").json.array("logs").count == 1)
        }
    }

    // MARK: Order of checks

    @Test("without a good signature is 401, the same bytes whatever is wrong with it and with its body")
    func sameRefusal() async throws {
        try await ServerHarness.run { server async throws in
            let good = Array(Self.completed.utf8)
            func signed(_ body: [UInt8], at time: Timestamp? = nil) -> [(String, String)] {
                server.signer.headers(id: "msg_1", at: time ?? server.clock.now, body: body).map { ($0.name, $0.value) }
            }
            var flipped = good
            flipped[3] ^= 1
            let path = "/api/webhooks/grading"
            let attempts: [(String, [(String, String)], [UInt8])] = [
                (path, [], good), (path, signed(good), flipped), (path, [], [0xFF]), (path, [], Array("{".utf8)),
                (path, [("content-type", "text/plain")], good), (path, signed(good).dropLast(), good),
                (path, signed(good, at: server.clock.now.advanced(by: .seconds(-301))), good),
                (path, signed(good, at: server.clock.now.advanced(by: .seconds(301))), good),
                (path, signed(good) + signed(good), good), ("\(path)/task-1", [], good), ("\(path)/%2e%2e", [], good),
            ]
            var bodies: Set<String> = []
            for (path, headers, body) in attempts {
                let answer = try await server.send(.POST, path, headers: headers, body: body)
                #expect(answer.status == 401)
                bodies.insert(answer.text)
            }
            #expect(bodies.count == 1)
        }
    }

    @Test(
        "that is signed but not JSON by its type is 415",
        arguments: ["text/plain", "application/jsonx", "", "+json", "application/json, text/plain"]
    )
    func wrongType(_ type: String) async throws {
        try await ServerHarness.run { server async throws in
            #expect(try await server.callback(Self.completed, contentType: type).status == 415)
            #expect(try await server.callback([0xFF], contentType: type).status == 400, "UTF-8 comes first")
        }
    }

    @Test(
        "may call its JSON by any of its names, or not at all",
        arguments: [
            "application/json", "Application/JSON; charset=utf-8", "application/cloudevents+json", "application/json ;a=b", nil,
        ]
    )
    func rightType(_ type: String?) async throws {
        try await ServerHarness.run { server async throws in
            #expect(try await server.callback(Self.completed, contentType: type).status == 202)
        }
    }

    @Test("that is signed but says nothing sound is 400 and a problem")
    func malformed() async throws {
        try await ServerHarness.run { server async throws in
            let bodies = [
                "", "{", "[]", "{}", #"{"task_id":"task-1"}"#, #"{"status":"SUCCESS"}"#, #"{"task_id":"..","status":"SUCCESS"}"#,
                #"{"task_id":"a b","status":"SUCCESS"}"#, #"{"task_id":"a","status":"SUCCESS","status":"FAILURE"}"#,
                #"{"task_id":"a","status":"SUCCESS",}"#, "\u{FEFF}" + Self.completed,
            ]
            for body in bodies {
                let answer = try await server.callback(body)
                #expect(answer.status == 400, "\(body)")
                #expect(answer.header("content-type") == "application/problem+json")
                #expect(answer.json.integer("status") == 400)
            }
            let contradiction = try await server.callback(Self.completed, path: "/api/webhooks/grading/task-2")
            #expect(contradiction.status == 400)
            #expect(try await server.callback(Self.completed, path: "/api/webhooks/grading/%2e%2e").status == 400)
        }
    }

    @Test("that is compressed is not unpacked")
    func compressed() async throws {
        try await ServerHarness.run { server async throws in
            let gzip: [UInt8] = [0x1F, 0x8B, 0x08, 0, 0, 0, 0, 0, 0, 3, 0xAB, 0xAE, 5, 0, 0x43, 0xBF, 0xA6, 0xA3, 2, 0, 0, 0]
            var headers = server.signer.headers(id: "msg_1", at: server.clock.now, body: gzip).map { ($0.name, $0.value) }
            headers.append(("content-encoding", "gzip"))
            #expect(try await server.send(.POST, "/api/webhooks/grading", headers: headers, body: gzip).status == 400)
        }
    }

    @Test("whose scheme signs no delivery id must name its task in the body: the path is not signed")
    func unsignedPath() async throws {
        try await ServerHarness.run { server async throws in
            func send(_ json: String, to path: String) async throws -> Answer {
                let body = Array(json.utf8)
                let headers = server.githubSigner.headers(id: "", at: server.clock.now, body: body).map { ($0.name, $0.value) }
                return try await server.send(.POST, "/api/webhooks/grading\(path)", headers: headers, body: body)
            }
            try await server.register("task-1")
            let failure = #"{"status":"FAILURE","error":"out of memory"}"#
            #expect(try await send(failure, to: "/task-1").status == 400)
            #expect(try await send(Self.completed, to: "/task-2").status == 400)
            #expect(try await server.status(of: "task-1") == .pending)
            #expect(try await send(Self.completed, to: "/task-1").json.string("outcome") == "applied")
        }
    }

    // MARK: Floods and failures

    @Test("that is forged too often is 429, and delays no good one")
    func flood() async throws {
        try await ServerHarness.run { server async throws in
            for _ in 0..<100 { #expect(try await server.forgedCallback().status == 401) }
            let refused = try await server.forgedCallback()
            #expect(refused.status == 429)
            #expect(refused.header("retry-after") == "1")
            #expect(refused.header("ratelimit-policy") == #""bad-signature";q=100;w=60"#)
            #expect(try await server.callback(Self.completed).status == 202)
        }
    }

    @Test(
        "that the database cannot take is never acknowledged",
        arguments: [
            (StoreError.unavailable("disk I/O error at /secret/path"), 503), (.commitUnknown("lost"), 503),
            (.rejected("constraint"), 500), (.incompatibleSchema("99"), 500),
        ]
    )
    func storeFailure(_ error: StoreError, _ status: Int) async throws {
        try await ServerHarness.run { server async throws in
            server.store.fail(with: error)
            let answer = try await server.callback(Self.completed, id: "msg_1")
            #expect(answer.status == status)
            #expect((answer.header("retry-after") != nil) == (status == 503))
            #expect(!answer.text.contains("secret") && !answer.text.contains("constraint"))
            server.store.fail(with: nil)
            #expect(try await server.callback(Self.completed, id: "msg_1").status == 202)
        }
    }
}
