import GradingCore
import HTTPTypes
import NIOCore
import NIOHTTP1
import Testing

@testable import MonitorAPI

@Suite("Rate limits", .timeLimit(.minutes(1)))
struct RateLimitTests {
    @Test("let thirty manual checks a minute through, and tell the thirty-first when to come back")
    func thirtyFirst() async throws {
        try await ServerHarness.run { server async throws in
            try await server.register("task-1")
            for number in 1...30 {
                let answer = try await server.get("/api/tasks/task-1/check")
                #expect(answer.status == 200)
                #expect(answer.header("ratelimit-policy") == #""manual";q=30;w=60"#)
                #expect(answer.header("ratelimit") == #""manual";r=\#(30 - number);t=\#(number * 2)"#)
            }
            let refused = try await server.get("/api/tasks/task-1/check")
            #expect(refused.status == 429)
            #expect(refused.header("retry-after") == "2")
            #expect(refused.header("ratelimit") == #""manual";r=0;t=60"#)
            #expect(refused.header("ratelimit-policy") == #""manual";q=30;w=60"#)
            server.clock.advance(by: .seconds(2))
            #expect(try await server.get("/api/tasks/task-1/check").status == 200)
        }
    }

    @Test("count sweeps by cron on their own, and answers that are errors too")
    func classes() async throws {
        try await ServerHarness.run { server async throws in
            for _ in 0..<6 {
                let answer = try await server.send(.POST, "/api/cron/status-check", secret: ServerHarness.cronSecret)
                #expect(answer.header("ratelimit-policy") == #""cron";q=6;w=60"#)
            }
            #expect(try await server.send(.POST, "/api/cron/status-check", secret: ServerHarness.cronSecret).status == 429)
            let unknown = try await server.get("/api/tasks/nobody/check")
            #expect(unknown.status == 404)
            #expect(unknown.header("ratelimit") == #""manual";r=29;t=2"#)
            let joint = try await server.send(.POST, "/api/sessions/status-check", secret: ServerHarness.cronSecret)
            #expect(joint.header("ratelimit") == #""manual";r=28;t=4"#)
        }
    }

    @Test("are shared by all instances on one database, where it counts")
    func shared() async throws {
        try await ServerHarness.run { server async throws in
            let elsewhere = RateLimiter()
            for _ in 1...29 { _ = elsewhere.take(RateLimits().manual, client: "127.0.0.1", now: server.clock.now) }
            server.store.shareLimits(elsewhere)
            try await server.register("task-1")
            #expect(try await server.get("/api/tasks/task-1/check").header("ratelimit") == #""manual";r=0;t=60"#)
            let refused = try await server.get("/api/tasks/task-1/check")
            #expect(refused.status == 429)
            #expect(refused.header("retry-after") == "2")
            #expect(try await server.send(.POST, "/api/cron/status-check", secret: ServerHarness.cronSecret).status == 200)
            #expect(server.store.namesOfLimitsAsked == ["manual", "manual", "cron"])
        }
    }

    @Test("stay as they are when the database does not answer: neither open nor shut")
    func outage() async throws {
        try await ServerHarness.run { server async throws in
            server.store.shareLimits(RateLimiter())
            for _ in 1...20 { #expect(try await server.get("/api/tasks/nobody/check").status == 404) }
            server.store.fail(with: .unavailable("down"))
            for _ in 21...30 { #expect(try await server.get("/api/tasks/nobody/check").status == 503) }
            #expect(try await server.get("/api/tasks/nobody/check").status == 429)
        }
    }

    @Test("of refused signatures never reach the database")
    func badSignatures() async throws {
        try await ServerHarness.run { server async throws in
            server.store.shareLimits(RateLimiter())
            for _ in 1...100 { #expect(try await server.forgedCallback().status == 401) }
            #expect(try await server.forgedCallback().status == 429)
            #expect(server.store.namesOfLimitsAsked.isEmpty)
        }
    }

    @Test("believe X-Forwarded-For from a trusted proxy only")
    func proxies() async throws {
        func remaining(_ server: ServerHarness, _ forwarded: String) async throws -> String? {
            let answer = try await server.send(
                .GET,
                "/api/tasks/a/check",
                secret: ServerHarness.operatorSecret,
                headers: [("x-forwarded-for", forwarded)]
            )
            return answer.header("ratelimit")?.split(separator: ";").dropFirst().first.map(String.init)
        }
        try await ServerHarness.run { server async throws in
            #expect(try await remaining(server, "203.0.113.1") == "r=29")
            #expect(try await remaining(server, "203.0.113.2") == "r=28")
        }
        try await ServerHarness.run {
            $0.trustedProxies = [AddressBlock("127.0.0.0/8")!, AddressBlock("10.0.0.0/8")!]
        } _: { server async throws in
            #expect(try await remaining(server, "203.0.113.1") == "r=29")
            #expect(try await remaining(server, "203.0.113.2, 10.1.2.3") == "r=29")
            #expect(try await remaining(server, "203.0.113.1, 203.0.113.2") == "r=28")
        }
    }

    @Test(
        "find the client's address",
        arguments: [
            ("192.0.2.7", [], "192.0.2.7"), ("::ffff:192.0.2.7", [], "192.0.2.7"),
            ("2001:db8:1:2:3:4:5:6", [], "20010db800010002/64"), ("2001:db8:1:2:ffff::1", [], "20010db800010002/64"),
            ("10.0.0.1", ["198.51.100.4:8080"], "198.51.100.4"), ("10.0.0.1", ["[2001:db8::1]:443"], "20010db800000000/64"),
            ("10.0.0.1", ["spoofed, 198.51.100.4", "10.9.9.9"], "198.51.100.4"), ("10.0.0.1", ["unknown"], "10.0.0.1"),
            ("10.0.0.1", ["198.51.100.4, _hidden, 10.0.0.2"], "10.0.0.2"), ("10.0.0.1", [], "10.0.0.1"),
            ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"), ("192.0.2.7", ["198.51.100.4"], "192.0.2.7"),
        ] as [(String, [String], String)]
    )
    func clients(_ peer: String, _ forwarded: [String], _ client: String) throws {
        let resolver = ClientResolver(trustedProxies: [AddressBlock("10.0.0.0/8")!])
        let headers = HTTPHeaders(forwarded.map { ("X-Forwarded-For", $0) })
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/", headers: headers)
        let request = try APIRequest(head, id: "", peer: SocketAddress(ipAddress: peer, port: 1))
        #expect(resolver.client(of: request) == client)
    }

    @Test("know address blocks")
    func blocks() {
        let inside = [
            ("10.0.0.0/9", "10.127.1.1"), ("192.0.2.7", "192.0.2.7"), ("2001:db8::/33", "2001:db8:7fff::1"),
            ("0.0.0.0/0", "1.2.3.4"),
        ]
        for (block, address) in inside { #expect(AddressBlock(block)!.contains(NetworkAddress(address)!), "\(block)") }
        let outside = [
            ("10.0.0.0/9", "10.128.1.1"), ("192.0.2.7", "192.0.2.8"), ("2001:db8::/33", "2001:db8:8000::1"), ("0.0.0.0/0", "::1"),
        ]
        for (block, address) in outside { #expect(!AddressBlock(block)!.contains(NetworkAddress(address)!), "\(block)") }
        for text in ["", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0", "localhost", "::/129"] {
            #expect(AddressBlock(text) == nil, "\(text)")
        }
    }
}
