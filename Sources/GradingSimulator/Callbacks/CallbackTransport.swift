import AsyncHTTPClient
import FoundationEssentials
import GradingCore
import NIOCore
import NIOHTTP1

/// A receiver's answer to a callback, as far as a sender cares.
struct CallbackAnswer: Sendable, Equatable {
    let status: Int
    /// From `Retry-After` in seconds (RFC 9110, 10.2.3); a date there counts as nothing.
    var retryAfter: Duration?
    /// What the receiver made of it, in its own word (`{"outcome":"applied"}`); `nil` when the body does not say.
    var word: String?
}

/// Posts one signed body and returns the answer; throws when there is none.
struct CallbackTransport: Sendable {
    let post:
        @Sendable (_ url: String, _ headers: [(name: String, value: String)], _ body: [UInt8]) async throws -> CallbackAnswer
}

extension CallbackTransport {
    /// Over HTTP. The answer's body is read, up to 64 KiB, so that the connection can be used again.
    static func http(_ client: HTTPClient, timeout: Duration) -> CallbackTransport {
        CallbackTransport { url, headers, body in
            var request = HTTPClientRequest(url: url)
            request.method = .POST
            request.headers.add(name: "content-type", value: "application/json")
            request.headers.add(name: "user-agent", value: "grading-simulator")
            for header in headers { request.headers.add(name: header.name, value: header.value) }
            request.body = .bytes(ByteBuffer(bytes: body))
            let response = try await client.execute(request, timeout: .milliseconds(timeout.milliseconds))
            let body = try await response.body.collect(upTo: 64 << 10)
            let retryAfter = response.headers.first(name: "retry-after").flatMap { Int64($0) }
            return CallbackAnswer(
                status: Int(response.status.code),
                retryAfter: retryAfter.map(Duration.seconds),
                word: Self.word(in: body)
            )
        }
    }

    private struct Answer: Decodable {
        let outcome: String?
    }

    private static func word(in body: ByteBuffer) -> String? {
        try? JSONDecoder().decode(Answer.self, from: Data(body.readableBytesView)).outcome
    }
}
