import Synchronization
import Testing

@testable import MonitorAPI

@Suite("A connection", .timeLimit(.minutes(1)))
struct ConnectionTests {
    /// One request's bytes in, everything that comes back out, until the server closes.
    private func exchange(_ text: String, _ change: (inout ConnectionLimits) -> Void = { _ in }) async throws -> String {
        try await ServerHarness.run {
            change(&$0.connection)
        } _: { server async throws in
            try await RawConnection.open(server.port) { connection async throws in
                try await connection.send(text)
                return try await connection.readUntilClosed()
            }
        }
    }

    private func expectRefusal(_ answer: String, _ status: Int, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(answer.hasPrefix("HTTP/1.1 \(status) "), sourceLocation: sourceLocation)
        #expect(answer.contains("Connection: close\r\n"), sourceLocation: sourceLocation)
        #expect(answer.contains("Content-Type: application/problem+json\r\n"), sourceLocation: sourceLocation)
        #expect(answer.contains("X-Request-Id: "), sourceLocation: sourceLocation)
    }

    @Test("without a Host is refused")
    func missingHost() async throws {
        expectRefusal(try await exchange("GET /livez HTTP/1.1\r\n\r\n"), 400)
    }

    @Test("with two Hosts is refused")
    func doubledHost() async throws {
        expectRefusal(try await exchange("GET /livez HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n"), 400)
    }

    @Test("in HTTP/1.0 needs no Host and ends after the answer")
    func oldVersion() async throws {
        let answer = try await exchange("GET /livez HTTP/1.0\r\n\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(answer.contains("Connection: close\r\n"))
    }

    @Test(
        "with a transfer coding other than chunked is refused",
        arguments: ["gzip, chunked", "gzip", "chunked, chunked", "identity", "chunked\r\nTransfer-Encoding: chunked", "xchunked"]
    )
    func transferCoding(_ coding: String) async throws {
        let head = "POST /api/webhooks/grading HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \(coding)\r\n\r\n0\r\n\r\n"
        expectRefusal(try await exchange(head), 400)
    }

    @Test("with both a length and a transfer coding is refused")
    func lengthAndCoding() async throws {
        let head = "POST /livez HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        expectRefusal(try await exchange(head), 400)
    }

    @Test(
        "whose length is over the limit is refused before its body",
        arguments: ["1001", "99999999999", "18446744073709551615"]
    )
    func announcedLength(_ length: String) async throws {
        let head = "POST /api/webhooks/grading HTTP/1.1\r\nHost: a\r\nContent-Length: \(length)\r\n\r\n"
        expectRefusal(try await exchange(head) { $0.bodyBytes = 1_000 }, 413)
    }

    @Test("whose chunks pass the limit is refused while it still sends")
    func streamedLength() async throws {
        let head = "POST /api/webhooks/grading HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        let chunk = "200\r\n" + String(repeating: "x", count: 512) + "\r\n"
        expectRefusal(try await exchange(head + chunk + chunk) { $0.bodyBytes = 1_000 }, 413)
    }

    @Test("with a body of exactly the limit is let through")
    func largestBody() async throws {
        let body = String(repeating: "x", count: 1_000)
        let head = "POST /api/webhooks/grading HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 1000\r\n\r\n"
        let answer = try await exchange(head + body) { $0.bodyBytes = 1_000 }
        #expect(answer.hasPrefix("HTTP/1.1 401 "))
    }

    @Test("with more than 16 KiB of headers is refused")
    func largeHeaders() async throws {
        let line = "X-A: " + String(repeating: "a", count: 4_096) + "\r\n"
        let lines = String(repeating: line, count: 4)
        expectRefusal(try await exchange("GET /livez HTTP/1.1\r\nHost: a\r\n\(lines)\r\n"), 431)
    }

    @Test("with more than 100 headers is refused, with 100 it is not")
    func manyHeaders() async throws {
        let lines = String(repeating: "X-A: a\r\n", count: 98)
        let head = "GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\(lines)"
        #expect(try await exchange(head + "\r\n").hasPrefix("HTTP/1.1 200 "))
        expectRefusal(try await exchange(head + "X-A: a\r\n\r\n"), 431)
    }

    @Test(
        "that does not speak HTTP is refused",
        arguments: ["hello\r\n\r\n", "GET /livez HTTP/2.0\r\nHost: a\r\n\r\n", "\u{0}\u{1}\r\n"]
    )
    func garbage(_ text: String) async throws {
        expectRefusal(try await exchange(text), 400)
    }

    @Test("that expects 100-continue is told to go on")
    func expectContinue() async throws {
        try await ServerHarness.run { server async throws in
            try await RawConnection.open(server.port) { connection async throws in
                let head = "POST /api/webhooks/grading HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
                try await connection.send(head)
                #expect(try await connection.read(until: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
                try await connection.send("{}")
                #expect(try await connection.read(until: "\r\n\r\n").hasPrefix("HTTP/1.1 401 "))
            }
        }
    }

    @Test("that expects 100-continue for too large a body is refused instead")
    func expectContinueTooLarge() async throws {
        let head = "POST /livez HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 9999999\r\n\r\n"
        expectRefusal(try await exchange(head), 413)
    }

    @Test("that expects anything else is refused")
    func otherExpectation() async throws {
        expectRefusal(try await exchange("GET /livez HTTP/1.1\r\nHost: a\r\nExpect: tea\r\n\r\n"), 417)
    }

    @Test("that drips its body is cut off")
    func drippedBody() async throws {
        let answer = try await ServerHarness.run {
            $0.connection.wholeRequest = .milliseconds(200)
        } _: { server async throws in
            try await RawConnection.open(server.port) { connection async throws in
                try await connection.send("POST /api/webhooks/grading HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n")
                return try await connection.dripUntilClosed()
            }
        }
        expectRefusal(answer, 408)
    }

    @Test("that drips its headers is cut off")
    func drippedHead() async throws {
        let answer = try await ServerHarness.run {
            $0.connection.wholeRequest = .milliseconds(200)
        } _: { server async throws in
            try await RawConnection.open(server.port) { connection async throws in
                try await connection.send("GET /livez HTTP/1.1\r\nHost: a\r\nX-A: ")
                return try await connection.dripUntilClosed()
            }
        }
        #expect(answer == "")
    }

    @Test("that says nothing is closed")
    func silent() async throws {
        #expect(try await exchange("") { $0.idle = .milliseconds(100) } == "")
    }

    @Test("that says nothing more after its answer is closed")
    func idle() async throws {
        // Long enough for the request to come in time on a busy machine.
        let answer = try await exchange("GET /livez HTTP/1.1\r\nHost: a\r\n\r\n") { $0.idle = .seconds(3) }
        #expect(answer.hasPrefix("HTTP/1.1 200 "))
        #expect(!answer.contains("Connection: close"))
    }

    @Test("with white space behind a framing header's value means what it says")
    func paddedHeaders() async throws {
        try await ServerHarness.run { server async throws in
            try await RawConnection.open(server.port) { connection async throws in
                try await connection.send("POST /api/webhooks/grading HTTP/1.1\r\nHost: a\r\nContent-Length: 2 \r\n\r\n{}")
                #expect(try await connection.read(until: "\r\n") == "HTTP/1.1 401 Unauthorized\r\n")
            }
        }
    }

    @Test("whose sender wants it closed is told so, and closed", arguments: ["close", "Close", "TE, close"])
    func closedOnRequest(_ wish: String) async throws {
        let answer = try await exchange("GET /livez HTTP/1.1\r\nHost: a\r\nConnection: \(wish)\r\n\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 200 "))
        #expect(answer.contains("Connection: close\r\n"))
    }

    @Test("carries one request after another, answered in order")
    func pipelined() async throws {
        let answer = try await exchange(
            "GET /livez HTTP/1.1\r\nHost: a\r\n\r\nGET /nothing HTTP/1.1\r\nHost: a\r\n\r\n"
                + "POST /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}"
        )
        let statuses = answer.matches(of: /HTTP\/1\.1 (\d+)/).map { String($0.1) }
        #expect(statuses == ["200", "404", "405"])
    }

    @Test("with a bad request behind a good one answers both")
    func pipelinedRefusal() async throws {
        let answer = try await exchange("GET /livez HTTP/1.1\r\nHost: a\r\n\r\nGET /livez HTTP/1.1\r\n\r\n")
        let statuses = answer.matches(of: /HTTP\/1\.1 (\d+)/).map { String($0.1) }
        #expect(statuses == ["200", "400"])
    }

    @Test("that offers an upgrade is answered, and closed: nothing behind the offer could be read")
    func declinedUpgrade() async throws {
        let answer = try await exchange("GET /livez HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 200 "))
        #expect(answer.contains("Connection: close\r\n"))
    }

    @Test("whose sender leaves its answers unread is closed", .timeLimit(.minutes(1)))
    func unreadAnswers() async throws {
        try await ServerHarness.run {
            $0.connection.unreadAnswer = .milliseconds(200)
        } _: { server async throws in
            try await RawConnection.open(server.port) { connection async throws in
                let requests = String(repeating: "GET /livez HTTP/1.1\r\nHost: a\r\n\r\n", count: 1_000)
                await #expect(throws: (any Error).self) {
                    while true { try await connection.send(requests) }
                }
            }
        }
    }

    @Test("beyond the number allowed waits until another one ends", .timeLimit(.minutes(1)))
    func tooManyConnections() async throws {
        let request = "GET /livez HTTP/1.1\r\nHost: a\r\n\r\n"
        try await ServerHarness.run {
            $0.maximumConnections = 1
        } _: { server async throws in
            let served = Served()
            let waiting = try await RawConnection.open(server.port) { first async throws in
                try await first.send(request)
                _ = try await first.read(until: "ok\"}")
                let waiting = Task {
                    try await RawConnection.open(server.port) { second async throws in
                        try await second.send(request)
                        _ = try await second.read(until: "ok\"}")
                        served.flag.withLock { $0 = true }
                    }
                }
                // As many answers as a second connection would have needed many times over.
                for _ in 0..<200 {
                    try await first.send(request)
                    _ = try await first.read(until: "ok\"}")
                }
                #expect(served.flag.withLock { $0 } == false)
                return waiting
            }
            try await waiting.value
            #expect(served.flag.withLock { $0 })
        }
    }

    @Test("whose sender goes away in mid-body reaches no route")
    func truncated() async throws {
        try await ServerHarness.run { server async throws in
            let head = "POST /api/tasks HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(ServerHarness.operatorSecret)\r\n"
            let entry = #"[{"taskId":"task-1","studentName":"Ada","session":{"id":"session-1"}}]"#
            try await RawConnection.open(server.port) { connection async throws in
                try await connection.send(head + "Content-Length: \(entry.utf8.count + 1)\r\n\r\n" + entry)
            }
            #expect(try await server.get("/api/sessions/session-1/status").status == 404)
        }
    }

    @Test("may name its target in the absolute form")
    func absoluteForm() async throws {
        let answer = try await exchange("GET http://a:3000/livez?x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 200 "))
    }
}

/// Whether something has been served, for tasks to share.
private final class Served: Sendable {
    let flag = Mutex(false)
}
