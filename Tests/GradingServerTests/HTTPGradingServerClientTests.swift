import AsyncHTTPClient
import GradingCore
import GradingServer
import NIOPosix
import Testing

@Suite("Asking the grading server", .timeLimit(.minutes(1)))
struct HTTPGradingServerClientTests {
    static let body = #"{"task_id":"a.b_c-1","status":"PENDING"}"#
    static let ok = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"

    let task: TaskID

    init() throws {
        task = try #require(TaskID("a.b_c-1"))
    }

    /// What a client of this base URL gets.
    private func ask(
        url: String,
        timeout: Duration = .seconds(20),
        limit: Int = 1_000
    ) async throws -> Result<String, GradingServerError> {
        let http = HTTPClient(configuration: HTTPGradingServerClient.clientConfiguration())
        let client = try HTTPGradingServerClient(baseURL: url, timeout: timeout, maximumResponseBytes: limit, httpClient: http)
        let answer: Result<String, GradingServerError>
        do throws(GradingServerError) {
            answer = .success(String(decoding: try await client.fetchStatus(of: task), as: UTF8.self))
        } catch {
            answer = .failure(error)
        }
        try await http.shutdown()
        return answer
    }

    /// What a client gets from a server that answers so.
    private func ask(
        _ answer: ScriptedServer.Answer,
        timeout: Duration = .seconds(20),
        limit: Int = 1_000
    ) async throws -> Result<String, GradingServerError> {
        let server = try await ScriptedServer(answer)
        let result = try await ask(url: server.url, timeout: timeout, limit: limit)
        try await server.close()
        return result
    }

    @Test(
        "the request is a GET for the task under the base path, asking for JSON and for no compression",
        arguments: ["", "/", "/base", "/base/v1/"]
    )
    func request(path: String) async throws {
        let server = try await ScriptedServer(.bytes(Self.ok))
        #expect(try await ask(url: server.url + path) == .success(Self.body))
        try await server.close()
        let head = try #require(await server.requests.first { _ in true })
        let lines = head.split(separator: "\r\n").map(String.init)
        let base = path.hasSuffix("/") ? String(path.dropLast()) : path
        #expect(lines.first == "GET \(base)/api/grade/status/a.b_c-1/ HTTP/1.1")
        let headers = lines.dropFirst().map { $0.lowercased() }
        #expect(headers.contains("accept: application/json"))
        #expect(headers.contains("user-agent: grading-monitor"))
        #expect(headers.contains("host: 127.0.0.1:\(server.port)"))
        #expect(!headers.contains { $0.hasPrefix("accept-encoding") || $0.hasPrefix("authorization") })
    }

    @Test("a 2xx answer is handed over byte for byte, whatever its content type", arguments: [200, 201])
    func success(code: Int) async throws {
        let body = "\u{FEFF}not json\0é"
        let answer = "HTTP/1.1 \(code) Any\r\nContent-Type: image/png\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
        #expect(try await ask(.bytes(answer)) == .success(body))
    }

    @Test("a chunked answer is put together")
    func chunked() async throws {
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        #expect(try await ask(.bytes(head + "3\r\n{\"a\r\n4\r\n\":1}\r\n0\r\n\r\n")) == .success(#"{"a":1}"#))
    }

    @Test("an answer other than 2xx is its status", arguments: [304, 400, 401, 404, 429, 500, 503])
    func failureStatus(code: Int) async throws {
        #expect(try await ask(.bytes("HTTP/1.1 \(code) Any\r\nContent-Length: 0\r\n\r\n")) == .failure(.status(code)))
    }

    @Test("a redirect is never followed", arguments: [301, 302, 303, 307, 308])
    func redirect(code: Int) async throws {
        let target = try await ScriptedServer(.bytes(Self.ok))
        let answer = "HTTP/1.1 \(code) Any\r\nLocation: \(target.url)/secret\r\nContent-Length: 0\r\n\r\n"
        #expect(try await ask(.bytes(answer)) == .failure(.status(code)))
        try await target.close()
        #expect(await target.requests.first { _ in true } == nil)
    }

    @Test("a server that says nothing is a timeout")
    func hang() async throws {
        #expect(try await ask(.silence, timeout: .milliseconds(200)) == .failure(.timeout))
    }

    @Test("a head without its end and a body that drips are timeouts: the deadline is for the whole answer")
    func drip() async throws {
        // Whole after two seconds, if anyone waited for it.
        let body = "HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\n"
        #expect(try await ask(.drip(body), timeout: .milliseconds(300)) == .failure(.timeout))
        let head = "HTTP/1.1 200 OK\r\nX-Endless: "
        #expect(try await ask(.drip(head), timeout: .milliseconds(300)) == .failure(.timeout))
    }

    @Test("an answer that announces too many bytes is refused before they come")
    func tooLargeByHeader() async throws {
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n"
        #expect(try await ask(.bytes(head)) == .failure(.tooLarge(limit: 1_000)))
    }

    @Test("an answer that announces nothing is refused at the limit, its end not waited for")
    func tooLargeByStream() async throws {
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        let endless = head + String(repeating: "7\r\nxxxxxxx\r\n", count: 150)
        #expect(try await ask(.bytes(endless)) == .failure(.tooLarge(limit: 1_000)))
    }

    @Test("an answer of exactly the limit is taken")
    func exactlyTheLimit() async throws {
        let body = String(repeating: "x", count: 1_000)
        #expect(try await ask(.bytes("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n\(body)")) == .success(body))
    }

    @Test(
        "a connection that breaks is never half an answer",
        arguments: [
            "", "HTTP/1.1 200 O", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n", "SSH-2.0-OpenSSH_9.2\r\n",
        ]
    )
    func brokenConnection(answer: String) async throws {
        let result = try await ask(.bytesThenClose(answer))
        guard case .failure(.connection) = result else {
            Issue.record("\(result)")
            return
        }
    }

    @Test("a refused connection fails at once", arguments: ["127.0.0.1", "localhost"])
    func refused(host: String) async throws {
        let port = try RefusingPort()
        defer { port.close() }
        let result = try await ask(url: "http://\(host):\(port.number)")
        #expect(result == .failure(.connection("the connection was refused")))
    }

    @Test("a name that cannot be resolved is called that")
    func unresolved() async throws {
        // A label of more than 63 characters: no resolver is asked.
        let result = try await ask(url: "http://\(String(repeating: "a", count: 64)).invalid")
        #expect(result == .failure(.connection("its name could not be resolved")))
    }

    @Test(
        "no error names the URL or a header",
        arguments: ["HTTP/1.1 302 F\r\nLocation: http://u:hunter2@h/\r\n\r\n", "hunter2\r\n"]
    )
    func silentErrors(answer: String) async throws {
        guard case .failure(let error) = try await ask(.bytesThenClose(answer)) else {
            Issue.record("an answer out of nothing")
            return
        }
        #expect(!error.description.contains("127.0.0.1"))
        #expect(!error.description.contains("hunter2"))
    }

    @Test("a cancelled check is cancelled, not timed out")
    func cancelled() async throws {
        let server = try await ScriptedServer(.drip("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"))
        let asking = Task { try await ask(url: server.url, limit: 100_000) }
        _ = await server.requests.first { _ in true }
        asking.cancel()
        #expect(try await asking.value == .failure(.cancelled))
        try await server.close()
    }

    @Test("a resubmission is a POST that says what begins, with a key that stays the same for the attempt")
    func resubmission() async throws {
        let server = try await ScriptedServer(.bytes(Self.ok))
        let http = HTTPClient(configuration: HTTPGradingServerClient.clientConfiguration())
        let base = try GradingServerURL(server.url)
        let client = HTTPGradingServerClient(
            url: base,
            resubmissionURL: try ResubmissionURL(template: "/retry/{taskId}/", base: base),
            httpClient: http
        )
        let resubmission = Resubmission(task: task, student: StudentRowID("row"), session: SessionID(stored: "s1"), attempt: 2)
        let answer: Result<[UInt8], GradingServerError>
        do throws(GradingServerError) {
            answer = .success(try await client.resubmit(resubmission))
        } catch {
            answer = .failure(error)
        }
        try await http.shutdown()
        try await server.close()
        #expect(client.takesResubmissions && answer == .success(Array(Self.body.utf8)))
        let head = try #require(await server.requests.first { _ in true })
        let lines = head.split(separator: "\r\n").map(String.init)
        #expect(lines.first == "POST /retry/a.b_c-1/ HTTP/1.1")
        #expect(lines.contains("Content-Type: application/json"))
        #expect(lines.contains(#"Idempotency-Key: "a.b_c-1-2""#))
        #expect(lines.contains("Content-Length: 70"))
    }
}
