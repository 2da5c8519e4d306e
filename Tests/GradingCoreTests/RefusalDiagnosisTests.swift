import Testing

@testable import GradingCore

@Suite("The closer look at a refused callback")
struct RefusalDiagnosisTests {
    static let live = WebhookSecret(unchecked: WebhookSecret.generate())
    static let retired = WebhookSecret(unchecked: WebhookSecret.generate())
    static let now = Timestamp(milliseconds: 1_795_516_200_500)
    static let body = #"{"task_id":"task-1","status":"SUCCESS"}"#

    static let diagnosis = RefusalDiagnosis(
        verifier: SignatureVerifier(secrets: [live]),
        retired: [RetiredSecret(retired, expiredAt: now.advanced(by: .seconds(-26 * 3_600)))],
        decoder: ReportDecoder()
    )

    static func signed(
        by secret: WebhookSecret,
        as scheme: SignatureScheme = .standard,
        secondsAgo: Int = 0,
        id: String = "msg_1"
    ) -> [(name: String, value: String)] {
        let time = now.advanced(by: .seconds(-secondsAgo))
        return WebhookSigner(secret: secret, scheme: scheme).headers(id: id, at: time, body: Array(body.utf8))
    }

    static func refusal(
        _ reason: RefusalReason,
        _ headers: [(name: String, value: String)],
        body: String = body,
        task: TaskID? = nil
    ) -> CallbackRefusal {
        let refused = RefusedCallback(
            reason,
            receivedAt: now,
            sender: "192.0.2.1",
            headers: SignatureHeaders(headers),
            body: Array(body.utf8),
            task: task
        )
        return diagnosis.refusal(RefusalSample.Kept(id: "r1", refused: refused, count: 3))
    }

    @Test("recognises a retired secret, and says when it expired and which one is valid")
    func retiredKey() {
        let refusal = Self.refusal(.wrongKey, Self.signed(by: Self.retired))
        #expect(refusal.reason == .retiredKey)
        #expect(refusal.keyID == Self.retired.id)
        #expect(
            refusal.detail == """
                Signed with the retired secret \(Self.retired.id), which expired at 2026-11-23T08:30:00.500Z (1 d 2 h before). \
                Give the sender one that is valid: \(Self.live.id).
                """
        )
        #expect(refusal.deliveryID == "msg_1" && refusal.task == TaskID("task-1") && refusal.count == 3)
        #expect(refusal.size == Self.body.utf8.count && refusal.bodyHash?.count == 32)
    }

    @Test("measures by how much a clock is wrong, behind and ahead", arguments: [(412, "412 s behind"), (-301, "301 s ahead")])
    func clockSkew(_ secondsAgo: Int, _ words: String) {
        let refusal = Self.refusal(.clockSkew, Self.signed(by: Self.live, secondsAgo: secondsAgo))
        #expect(refusal.reason == .clockSkew)
        #expect(
            refusal.detail.hasPrefix(
                "The sender is \(words); 300 s are allowed. The signature is right otherwise (\(Self.live.id))"
            )
        )
        #expect(refusal.keyID == Self.live.id && refusal.task == TaskID("task-1"))
    }

    @Test("sees both when a retired secret signed an old time")
    func retiredAndLate() {
        let refusal = Self.refusal(.clockSkew, Self.signed(by: Self.retired, secondsAgo: 412))
        #expect(refusal.reason == .retiredKey)
        #expect(refusal.detail.hasSuffix("The sender is 412 s behind as well."))
    }

    @Test("believes no time that a stranger has signed, and names no task of the stranger's body")
    func forgedTimestamp() {
        let refusal = Self.refusal(
            .clockSkew,
            Self.signed(by: WebhookSecret(unchecked: WebhookSecret.generate()), secondsAgo: 412)
        )
        #expect(refusal.reason == .forgedTimestamp)
        #expect(refusal.detail == "The timestamp is 412 s behind, and the signature is wrong as well.")
        #expect(refusal.keyID == nil && refusal.task == nil && refusal.deliveryID == "msg_1")
    }

    @Test("takes the greatest timestamp there is for what it is")
    func farTimestamp() {
        var headers = Self.signed(by: Self.live)
        headers[1].value = "\(Int64.max)"
        #expect(Self.refusal(.clockSkew, headers).detail.contains("s ahead, and the signature is wrong"))
    }

    @Test("finds the secret that was used as text where its bytes are meant")
    func secretAsText() {
        let text = WebhookSecret.generate()
        let verifier = SignatureVerifier(secrets: [WebhookSecret(unchecked: text)])
        let code = WebhookSecret(unchecked: text).authenticationCode(
            for: .stripe,
            prefix: Array("msg_1.\(Self.now.milliseconds / 1_000).".utf8),
            body: []
        )
        let headers = [
            "webhook-id": "msg_1", "webhook-timestamp": "\(Self.now.milliseconds / 1_000)",
            "webhook-signature": "v1,\(StrictBase64.encode(Array(code!)))",
        ]
        let finding = verifier.examine(
            SignatureHeaders(headers.map { ($0.key, $0.value) }),
            body: [],
            at: Self.now,
            retired: []
        )
        #expect(finding.reason == .wrongKey)
        #expect(finding.detail.hasPrefix("Signed with the text of the secret"))
    }

    @Test("says of a stranger's signature which secrets were tried")
    func wrongKey() {
        let refusal = Self.refusal(.wrongKey, Self.signed(by: Self.live), body: Self.body + " ", task: TaskID("task-9"))
        #expect(refusal.reason == .wrongKey)
        #expect(refusal.detail == "Signed with no secret that is valid (\(Self.live.id)), nor with one of 1 retired ones.")
        #expect(refusal.task == TaskID("task-9"), "the path's")
    }

    @Test("tells what is missing or malformed")
    func headers() {
        #expect(Self.refusal(.noSignature, []).detail == "No signature: nothing of standard is there.")
        let github = Self.refusal(.noSignature, Self.signed(by: Self.live, as: .github))
        #expect(github.detail == "Signed in the style of github, which WEBHOOK_SCHEMES does not name.")
        let withoutID = Self.signed(by: Self.live).filter { $0.name != "webhook-id" }
        #expect(Self.refusal(.noSignature, withoutID).detail == "A signature is there, but its id or its timestamp is not.")
        let doubled = Self.signed(by: Self.live)
        #expect(Self.refusal(.doubledHeader, doubled + doubled).reason == .doubledHeader)
        #expect(Self.refusal(.malformedSignature, Self.signed(by: Self.live, id: "a.b")).reason == .malformedSignature)
    }

    @Test("takes what was found after the signature as it is")
    func verified() {
        let delivery = Delivery(id: "msg_1", bodyHash: Array(repeating: 5, count: 32), keyID: "k-live")
        let refused = RefusedCallback(
            .schema,
            detail: "Signed well, but: status is missing",
            receivedAt: Self.now,
            sender: "192.0.2.1",
            headers: SignatureHeaders([]),
            body: [],
            delivery: delivery
        )
        let refusal = Self.diagnosis.refusal(RefusalSample.Kept(id: "r1", refused: refused, count: 1))
        #expect(refusal.reason == .schema && refusal.detail == "Signed well, but: status is missing")
        #expect(refusal.keyID == "k-live" && refusal.deliveryID == "msg_1" && refusal.bodyHash == delivery.bodyHash)
    }

    @Test(
        "says times as people do",
        arguments: [(-3, "0 s"), (412, "412 s"), (720, "12 min"), (11_100, "3 h 5 min"), (187_200, "2 d 4 h"), (7_200, "2 h")]
    )
    func words(_ seconds: Int, _ words: String) {
        #expect(Duration.seconds(seconds).inWords == words)
    }
}
