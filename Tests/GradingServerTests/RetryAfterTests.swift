import AsyncHTTPClient
import GradingCore
import NIOPosix
import Testing

@testable import GradingServer

@Suite("Retry-After")
struct RetryAfterTests {
    /// Sun, 06 Nov 1994 08:49:37 GMT
    static let now = Timestamp(milliseconds: 784_111_777_000)

    @Test(
        "in seconds, from one second to a quarter of an hour",
        arguments: [("1", 1), ("30", 30), ("900", 900), ("901", 900), ("86400", 900), ("99999999999999999999", 900)]
    )
    func seconds(_ text: String, _ seconds: Int) {
        #expect(RetryAfter.wait(text, date: nil, now: Self.now) == .seconds(seconds))
    }

    @Test(
        "as a date, in each of HTTP's three forms",
        arguments: [
            "Sun, 06 Nov 1994 08:50:37 GMT", "Sun Nov  6 08:50:37 1994",
        ]
    )
    func dates(_ text: String) {
        #expect(RetryAfter.wait(text, date: nil, now: Self.now) == .seconds(60))
    }

    @Test("a date of the form that is obsolete is one of this century")
    func obsoleteDate() {
        #expect(Timestamp(httpDate: "Tuesday, 24-Nov-26 10:30:00 GMT") == Timestamp(iso8601: "2026-11-24T10:30:00Z"))
    }

    @Test("a date is counted from the answer's own, whatever our clock says")
    func skew() {
        let wait = RetryAfter.wait(
            "Sun, 06 Nov 1994 08:50:37 GMT",
            date: "Sun, 06 Nov 1994 08:50:27 GMT",
            now: Timestamp(milliseconds: 0)
        )
        #expect(wait == .seconds(10))
    }

    @Test("a far date is cut to a quarter of an hour, less than a second is one")
    func bounds() {
        #expect(RetryAfter.wait("Sun, 06 Nov 2094 08:50:37 GMT", date: nil, now: Self.now) == .seconds(900))
        let almost = Self.now.advanced(by: .milliseconds(-10))
        #expect(RetryAfter.wait("Sun, 06 Nov 1994 08:49:37 GMT", date: nil, now: almost) == .seconds(1))
    }

    @Test(
        "nothing that can be read, or nothing to wait for, is none",
        arguments: [
            "", "0", "-5", "1.5", "soon", " 5", "Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:36 GMT",
            "Sun, 06 Nov 1994 08:50:37 CET", "Sun, 6 Nvo 1994 08:50:37 GMT", "Sun, 06 Nov 1994 28:50:37 GMT", "٣",
        ]
    )
    func none(_ text: String) {
        #expect(RetryAfter.wait(text, date: nil, now: Self.now) == nil)
    }

    private func ask(_ answer: String) async throws -> GradingServerError? {
        let server = try await ScriptedServer(.bytes(answer))
        let http = HTTPClient(
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            configuration: HTTPGradingServerClient.clientConfiguration()
        )
        let client = try HTTPGradingServerClient(
            baseURL: server.url,
            httpClient: http,
            wallClock: WallClock { Self.now }
        )
        var failure: GradingServerError?
        do throws(GradingServerError) { _ = try await client.fetchStatus(of: TaskID("t1")!) } catch { failure = error }
        try await http.shutdown()
        try await server.close()
        return failure
    }

    @Test("429 and 503 with a Retry-After ask for quiet; other answers have no say", arguments: [429, 503, 500, 404])
    func statuses(code: Int) async throws {
        let failure = try await ask("HTTP/1.1 \(code) Any\r\nRetry-After: 17\r\nContent-Length: 0\r\n\r\n")
        #expect(failure == ([429, 503].contains(code) ? .busy(status: code, quiet: .seconds(17)) : .status(code)))
    }

    @Test("a Retry-After that is none leaves the status", arguments: ["soon", "0"])
    func malformed(text: String) async throws {
        let failure = try await ask("HTTP/1.1 503 Any\r\nRetry-After: \(text)\r\nContent-Length: 0\r\n\r\n")
        #expect(failure == .status(503))
    }

    @Test("a date in the answer is read against the answer's own date")
    func date() async throws {
        let head = "HTTP/1.1 429 Any\r\nDate: Tue, 24 Nov 2026 10:30:00 GMT\r\nRetry-After: Tue, 24 Nov 2026 10:30:45 GMT\r\n"
        #expect(try await ask(head + "Content-Length: 0\r\n\r\n") == .busy(status: 429, quiet: .seconds(45)))
    }
}
