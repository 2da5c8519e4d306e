import GradingCore
import Testing

@testable import grading_monitor

@Suite("Test callbacks")
struct TestCallbackTests {
    private let now = Timestamp(milliseconds: 1_795_430_000_000)

    private func callback(_ status: String, _ scheme: SignatureScheme) throws -> TestCallback {
        TestCallback(
            task: try #require(TaskID("t-1")),
            status: status,
            id: "msg_1",
            time: now,
            signer: try CallbackTarget.signer(Valid.webhookSecret, scheme)
        )
    }

    @Test("a server with the secret takes it, in each scheme", arguments: SignatureScheme.allCases)
    func verified(_ scheme: SignatureScheme) throws {
        let callback = try callback("COMPLETED", scheme)
        let verifier = SignatureVerifier(secrets: [try WebhookSecret(Valid.webhookSecret, schemes: [scheme])], schemes: [scheme])
        let headers = SignatureHeaders(callback.headers.map { ($0.key, $0.value) })
        let verified = try verifier.verify(headers, body: callback.body, now: now)
        #expect(verified.body == callback.body)
    }

    @Test(
        "the decoder reads the word as it was given",
        arguments: [
            ("COMPLETED", ReportedStatus.known(.completed)), ("FAILURE", .known(.failed)), ("STARTED", .known(.processing)),
            ("NO \"SUCH\" WORD", .unknown),
        ]
    )
    func decoded(_ word: String, _ meaning: ReportedStatus) throws {
        let body = try callback(word, .standard).body
        let provenance = Provenance(source: .callback, observedAt: now)
        let report = try ReportDecoder().decode(body, task: nil, provenance: provenance)
        #expect(report.task == TaskID("t-1"))
        #expect(report.meaning == meaning)
        #expect((report.result?.assessment == .graded) == (meaning == .known(.completed)))
        #expect((report.error != nil) == (meaning == .known(.failed)))
    }

    @Test("it goes to the configured server unless told otherwise")
    func target() async throws {
        let environment = ["WEBHOOK_SECRETS": "\(Valid.webhookSecret),other", "HTTP_HOST": "0.0.0.0", "HTTP_PORT": "4000"]
        let reader = try await ConfigurationSources(environment: environment).reader()
        #expect(try await CallbackTarget(reader, url: nil, secret: nil).url == "http://127.0.0.1:4000/api/webhooks/grading")
        #expect(try await CallbackTarget(reader, url: "http://x/y", secret: nil).url == "http://x/y")
        #expect(try await CallbackTarget.secret(reader, given: nil) == Valid.webhookSecret)
        #expect(try await CallbackTarget.secret(reader, given: "mine") == "mine")
    }
}
