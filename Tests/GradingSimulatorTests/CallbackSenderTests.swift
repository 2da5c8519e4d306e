import GradingCore
import Logging
import Synchronization
import Testing

@testable import GradingSimulator

@Suite("Callback sender")
struct CallbackSenderTests {
    private struct Sent: Sendable {
        let url: String
        let headers: [String: String]
        let body: [UInt8]
        let at: Timestamp
    }
    private struct Unreachable: Error {}

    private let clock = JumpingClock()
    private let callback = OutgoingCallback(
        route: CallbackRoute(urls: ["http://a/hook", "http://b/hook", "http://c/hook"], path: "/t", first: 1),
        id: "msg_1",
        body: Array(#"{"a":1}"#.utf8)
    )

    /// Sends one callback to a receiver that gives these answers, the last one for ever; `nil` is no answer.
    private func send(_ answers: [CallbackAnswer?], attempts: Int? = nil) async throws -> (DeliveryResult, [Sent]) {
        let sent = Mutex<[Sent]>([])
        let transport = CallbackTransport { [clock] url, headers, body in
            let index = sent.withLock { sent in
                sent.append(
                    Sent(
                        url: url,
                        headers: Dictionary(uniqueKeysWithValues: headers.map { ($0.name, $0.value) }),
                        body: body,
                        at: clock.wallClock.now()
                    )
                )
                return sent.count - 1
            }
            guard let answer = answers[min(index, answers.count - 1)] else { throw Unreachable() }
            return answer
        }
        let sender = CallbackSender(
            transport: transport,
            retry: RetryPolicy(),
            clock: clock,
            wallClock: clock.wallClock,
            logger: Logger(label: "test")
        )
        var jitter = SplitMix64(seed: 1)
        let signer = WebhookSigner(secret: try WebhookSecret(testSecret), scheme: .standard)
        let result = await sender.send(callback, signer: signer, attempts: attempts, jitter: &jitter)
        return (result, sent.withLock { $0 })
    }

    @Test("5xx, 429 and silence are tried again until a 2xx: same id and body, signed afresh each time")
    func retries() async throws {
        let (result, sent) = try await send(
            [.init(status: 503), nil, .init(status: 429, retryAfter: .seconds(5)), .init(status: 500), .init(status: 202)])
        #expect(result == DeliveryResult(outcome: .delivered, attempts: 5))
        #expect(sent.allSatisfy { $0.headers["webhook-id"] == "msg_1" && $0.body == callback.body })
        let verifier = SignatureVerifier(secrets: [try WebhookSecret(testSecret)])
        for one in sent {
            #expect(one.headers["webhook-timestamp"] == String(one.at.milliseconds / 1_000))
            let headers = SignatureHeaders(one.headers.map { ($0.key, $0.value) })
            #expect(throws: Never.self) { try verifier.verify(headers, body: one.body, now: one.at) }
        }
        try #require(sent.count == 5)
        #expect(sent[3].at >= sent[2].at.advanced(by: .seconds(5)))
        #expect(sent[4].headers["webhook-signature"] != sent[0].headers["webhook-signature"])
    }

    @Test("every try goes to the next receiver, round and round")
    func nextReceiver() async throws {
        let (_, sent) = try await send([nil, .init(status: 503), .init(status: 500), .init(status: 200)])
        #expect(sent.map(\.url) == ["http://b/hook/t", "http://c/hook/t", "http://a/hook/t", "http://b/hook/t"])
    }

    @Test("what no retry can change is sent once", arguments: [400, 401, 404, 410, 413, 301])
    func refused(status: Int) async throws {
        let (result, sent) = try await send([.init(status: status)])
        #expect(result == DeliveryResult(outcome: .refused(status: status), attempts: 1))
        #expect(sent.count == 1)
    }

    @Test("tries are bounded")
    func exhausted() async throws {
        let (result, sent) = try await send([nil])
        #expect(result == DeliveryResult(outcome: .exhausted, attempts: 10))
        #expect(sent.count == 10)
        let (once, _) = try await send([.init(status: 429)], attempts: 1)
        #expect(once.outcome == .refused(status: 429))
    }

    @Test("the word of the answer that settles it comes with the result")
    func word() async throws {
        let (result, _) = try await send([.init(status: 503), .init(status: 200, word: "duplicate")])
        #expect(result == DeliveryResult(outcome: .delivered, attempts: 2, word: "duplicate"))
    }

    @Test("a cancelled sender stops waiting")
    func cancelled() async throws {
        let result = try await withThrowingTaskGroup(of: DeliveryResult.self) { group in
            group.cancelAll()
            group.addTask { try await send([nil]).0 }
            return try #require(try await group.next())
        }
        #expect(result == DeliveryResult(outcome: .cancelled, attempts: 1))
    }
}
