import GradingCore

/// One signed request as a sender made it, with handles to spoil it.
struct SignedRequest {
    var headers: [(name: String, value: String)]
    var body: [UInt8]

    init(_ headers: [(name: String, value: String)], body: String) {
        self.headers = headers
        self.body = Array(body.utf8)
    }

    subscript(name: String) -> String {
        get { headers.first { $0.name == name }?.value ?? "" }
        set {
            headers.removeAll { $0.name == name }
            headers.append((name, newValue))
        }
    }

    mutating func remove(_ name: String) { headers.removeAll { $0.name == name } }

    /// Adds a second header of the same name and value.
    mutating func double(_ name: String) { headers.append((name, self[name])) }

    mutating func rename(_ name: String, _ newName: String) {
        headers = headers.map { $0.name == name ? (newName, $0.value) : $0 }
    }

    func verified(by verifier: SignatureVerifier, at now: Timestamp) throws(SignatureRefusal) -> VerifiedDelivery {
        try verifier.verify(SignatureHeaders(headers), body: body, now: now)
    }

    /// `nil` when it is accepted.
    func refusal(by verifier: SignatureVerifier, at now: Timestamp) -> SignatureRefusal? {
        do throws(SignatureRefusal) {
            _ = try verified(by: verifier, at: now)
            return nil
        } catch {
            return error
        }
    }
}

/// The vectors that the schemes' own documents give.
enum SignatureVector {
    static let standardSecret = WebhookSecret(unchecked: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    static let standard = SignedRequest(
        [
            ("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
            ("webhook-timestamp", "1614265330"),
            ("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
        ],
        body: #"{"test": 2432232314}"#
    )
    static let standardTime = Timestamp(milliseconds: 1_614_265_330_000)

    static let githubSecret = WebhookSecret(unchecked: "It's a Secret to Everybody")
    static let github = SignedRequest(
        [("x-hub-signature-256", "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17")],
        body: "Hello, World!"
    )

    static let stripeSecret = WebhookSecret(unchecked: "whsec_test_secret")
    static let stripe = SignedRequest(
        [("stripe-signature", "t=1234567890,v1=45969f456b3331a0f76e237ed33423d5f758908f1f0432d30e7d45ba89bb9edd")],
        body: "{\n  \"id\": \"evt_test_webhook\",\n  \"object\": \"event\"\n}"
    )
    static let stripeTime = Timestamp(milliseconds: 1_234_567_890_000)

    /// Verifies everything above.
    static let verifier = SignatureVerifier(
        secrets: [standardSecret, githubSecret, stripeSecret],
        schemes: SignatureScheme.allCases
    )
}
