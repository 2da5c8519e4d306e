import GradingCore
import Testing

@Suite("Signatures: rules")
struct SignatureRuleTests {
    let verifier = SignatureVector.verifier
    let now = SignatureVector.standardTime
    let standard = SignatureVector.standard
    /// A well-formed standard token that matches nothing.
    let strange = "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

    // MARK: Time

    @Test("a timestamp may be off by 300 s either way and not by a millisecond more", arguments: [1, -1])
    func tolerance(sign: Int) {
        let edge = now.advanced(by: .milliseconds(sign * 300_000))
        let past = now.advanced(by: .milliseconds(sign * 300_001))
        #expect(standard.refusal(by: verifier, at: edge) == nil)
        #expect(standard.refusal(by: verifier, at: past) == .expired)
        let stripeEdge = SignatureVector.stripeTime.advanced(by: .milliseconds(sign * 300_000))
        let stripePast = SignatureVector.stripeTime.advanced(by: .milliseconds(sign * 300_001))
        #expect(SignatureVector.stripe.refusal(by: verifier, at: stripeEdge) == nil)
        #expect(SignatureVector.stripe.refusal(by: verifier, at: stripePast) == .expired)
    }

    @Test(
        "a timestamp is ASCII digits that fit",
        arguments: [
            "", " 1614265330", "1614265330 ", "+1614265330", "-1614265330", "1614265330.0", "1.6e9", "0x60379B72", "١٦١٤٢٦٥٣٣٠",
            "99999999999999999999", "9223372036854775808",
        ]
    )
    func timestampGrammar(text: String) {
        var request = standard
        request["webhook-timestamp"] = text
        #expect(request.refusal(by: verifier, at: now) == .malformed)
    }

    @Test("a timestamp beyond all clocks is expired, not a crash", arguments: ["9223372036854775807", "9223372036854775", "0"])
    func timestampOverflow(text: String) {
        var request = standard
        request["webhook-timestamp"] = text
        #expect(request.refusal(by: verifier, at: now) == .expired)
        #expect(request.refusal(by: verifier, at: Timestamp(milliseconds: .min)) == .expired)
    }

    // MARK: Headers

    @Test("a header that is not there is missed", arguments: ["webhook-id", "webhook-timestamp", "webhook-signature"])
    func missing(name: String) {
        var request = standard
        request.remove(name)
        #expect(request.refusal(by: verifier, at: now) == .missing)
    }

    @Test("a header's name is the same in any case of its letters, a doubled one's too")
    func nameInAnyCase() {
        var request = standard
        request.rename("webhook-id", "Webhook-ID")
        request.rename("webhook-signature", "WEBHOOK-SIGNATURE")
        #expect(request.refusal(by: verifier, at: now) == nil)
        // Beside the letters, what differs by the same bit is another name.
        request.rename("webhook-timestamp", "webhook\u{0D}timestamp")
        #expect(request.refusal(by: verifier, at: now) == .missing)
        request.rename("webhook\u{0D}timestamp", "webhook-timestamp")
        request.headers.append(("webhook-id", request["Webhook-ID"]))
        #expect(request.refusal(by: verifier, at: now) == .doubled)
    }

    @Test(
        "a doubled header is refused, the same value or not",
        arguments: ["webhook-id", "webhook-timestamp", "webhook-signature"]
    )
    func doubled(name: String) {
        var request = standard
        request.double(name)
        #expect(request.refusal(by: verifier, at: now) == .doubled)
    }

    @Test("a doubled GitHub or Stripe header, and a doubled t, are refused")
    func doubledElsewhere() {
        var github = SignatureVector.github
        github.double("x-hub-signature-256")
        #expect(github.refusal(by: verifier, at: now) == .doubled)
        var stripe = SignatureVector.stripe
        stripe.double("stripe-signature")
        #expect(stripe.refusal(by: verifier, at: SignatureVector.stripeTime) == .doubled)
        var times = SignatureVector.stripe
        times["stripe-signature"] += ",t=1234567890"
        #expect(times.refusal(by: verifier, at: SignatureVector.stripeTime) == .doubled)
    }

    @Test("a Stripe header without t is refused")
    func stripeWithoutTime() {
        var request = SignatureVector.stripe
        request["stripe-signature"] = String(request["stripe-signature"].drop { $0 != "v" })
        #expect(request.refusal(by: verifier, at: SignatureVector.stripeTime) == .missing)
    }

    @Test("svix's headers are read only when no webhook- header is there")
    func svixNeverMixed() {
        var request = standard
        request.rename("webhook-signature", "svix-signature")
        #expect(request.refusal(by: verifier, at: now) == .missing)
        request.rename("webhook-id", "svix-id")
        request.rename("webhook-timestamp", "svix-timestamp")
        #expect(request.refusal(by: verifier, at: now) == nil)
        request["webhook-id"] = "msg_other"
        #expect(request.refusal(by: verifier, at: now) == .missing)
        request.remove("webhook-id")
        request.double("svix-id")
        #expect(request.refusal(by: verifier, at: now) == .doubled)
    }

    // MARK: Ids

    @Test(
        "an id is 1 to 256 visible ASCII characters without a dot",
        arguments: ["", "a.b", "msg 1", "msg\t1", "msg\u{7F}", "é", String(repeating: "a", count: 257)]
    )
    func idGrammar(id: String) {
        var request = signed(id: id)
        request["webhook-id"] = id
        #expect(request.refusal(by: verifier, at: now) == .malformed)
    }

    @Test("every visible ASCII character but the dot may stand in an id, and 256 of them")
    func idCharacters() throws {
        let visible = String(decoding: (UInt8(0x21)...0x7E).filter { $0 != UInt8(ascii: ".") }, as: UTF8.self)
        for id in [visible, String(repeating: "~", count: 256)] {
            #expect(try signed(id: id).verified(by: verifier, at: now).delivery.id == id)
        }
    }

    private func signed(id: String) -> SignedRequest {
        let signer = WebhookSigner(secret: SignatureVector.standardSecret, scheme: .standard)
        return SignedRequest(signer.headers(id: id, at: now, body: Array("{}".utf8)), body: "{}")
    }

    // MARK: Tokens

    @Test("any match among the tokens passes; unknown versions and malformed tokens beside it are skipped")
    func skippedTokens() {
        let good = standard["webhook-signature"]
        for odd in [strange, "v1a,\(good.dropFirst(3))", "v2,AAAA", "v0", "sha1=00", "v1", "v1,", "v1,!!!!", ",", ""] {
            for value in ["\(odd) \(good)", "\(good) \(odd)", "\(odd)  \(odd) \(good) \(odd)"] {
                var request = standard
                request["webhook-signature"] = value
                #expect(request.refusal(by: verifier, at: now) == nil, "\(value)")
            }
        }
    }

    @Test("unknown versions and malformed tokens alone are refused")
    func oddTokensAlone() {
        let code = standard["webhook-signature"].dropFirst(3)
        for odd in ["v1a,\(code)", "v2,\(code)", "v0,\(code)", "V1,\(code)", "\(code)", "v1=\(code)", "sha1=00", "v1", "v1,", ""]
        {
            var request = standard
            request["webhook-signature"] = odd
            #expect(request.refusal(by: verifier, at: now) == .malformed, "\(odd)")
        }
    }

    @Test("at most 16 tokens are tried")
    func tokenLimit() {
        let good = standard["webhook-signature"]
        var request = standard
        request["webhook-signature"] = Array(repeating: strange, count: 15).joined(separator: " ") + " \(good)"
        #expect(request.refusal(by: verifier, at: now) == nil)
        request["webhook-signature"] = Array(repeating: strange, count: 16).joined(separator: " ") + " \(good)"
        #expect(request.refusal(by: verifier, at: now) == .mismatch)
    }

    @Test(
        "base64 has one spelling",
        arguments: [
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OF=",
            "v1,g0hM9SsE-OTPJTGt_tmIKtSyZlE3uFJELVlNIOLJ1OE=", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE==",
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=\n", "v1,\ng0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=AAAA", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1A==",
        ]
    )
    func strictBase64(token: String) {
        var request = standard
        request["webhook-signature"] = token
        #expect(request.refusal(by: verifier, at: now) == .malformed)
    }

    @Test("GitHub and Stripe: a valid token passes beside other versions, which alone are refused")
    func hexTokens() {
        var github = SignatureVector.github
        let githubGood = github["x-hub-signature-256"]
        github["x-hub-signature-256"] = "sha1=00,\(githubGood)"
        #expect(github.refusal(by: verifier, at: now) == nil)
        for odd in [
            "sha1=\(githubGood.dropFirst(7))", "sha256=00", githubGood.uppercased(),
            "sha256=\(githubGood.dropFirst(7).uppercased())",
        ] {
            github["x-hub-signature-256"] = odd
            #expect(github.refusal(by: verifier, at: now) == .malformed, "\(odd)")
        }
        var stripe = SignatureVector.stripe
        let code = stripe["stripe-signature"].suffix(64)
        let zeros = String(repeating: "0", count: 64)
        stripe["stripe-signature"] = "t=1234567890,v0=\(zeros),v1=xyz,v1=\(zeros),v1=\(code)"
        #expect(stripe.refusal(by: verifier, at: SignatureVector.stripeTime) == nil)
        for odd in ["v0=\(code)", "v1=\(code.dropLast())", "v1=\(code)0", "v1=\(code.uppercased())", "v1a=\(code)"] {
            stripe["stripe-signature"] = "t=1234567890,\(odd)"
            #expect(stripe.refusal(by: verifier, at: SignatureVector.stripeTime) == .malformed, "\(odd)")
        }
    }

    // MARK: Schemes and secrets

    @Test("only the enabled schemes are read; the standard one is the default")
    func enabledSchemes() {
        let secrets = [SignatureVector.standardSecret, SignatureVector.githubSecret, SignatureVector.stripeSecret]
        let byDefault = SignatureVerifier(secrets: secrets)
        #expect(standard.refusal(by: byDefault, at: now) == nil)
        #expect(SignatureVector.github.refusal(by: byDefault, at: now) == .missing)
        #expect(SignatureVector.stripe.refusal(by: byDefault, at: SignatureVector.stripeTime) == .missing)
        let others = SignatureVerifier(secrets: secrets, schemes: [.github, .stripe])
        #expect(standard.refusal(by: others, at: now) == .missing)
    }

    @Test("the first scheme whose header is there decides, and no other is tried after it")
    func order() {
        var both = SignatureVector.github
        both["stripe-signature"] = "nonsense"
        #expect(both.refusal(by: verifier, at: now) == nil)
        both["webhook-signature"] = strange
        both["webhook-id"] = "msg_1"
        both["webhook-timestamp"] = standard["webhook-timestamp"]
        #expect(both.refusal(by: verifier, at: now) == .mismatch)
    }

    @Test("the Stripe header's name is configurable, in any case")
    func stripeHeader() {
        let named = SignatureVerifier(
            secrets: [SignatureVector.stripeSecret],
            schemes: [.stripe],
            stripeHeader: "X-Grading-Signature"
        )
        let signer = WebhookSigner(secret: SignatureVector.stripeSecret, scheme: .stripe, stripeHeader: "X-Grading-Signature")
        let request = SignedRequest(signer.headers(id: "", at: now, body: Array("{}".utf8)), body: "{}")
        #expect(request.headers.map(\.name) == ["x-grading-signature"])
        #expect(request.refusal(by: named, at: now) == nil)
        #expect(SignatureVector.stripe.refusal(by: named, at: SignatureVector.stripeTime) == .missing)
    }

    @Test("several secrets are live at once, and the one that matched is named")
    func rotation() throws {
        let old = SignatureVector.standardSecret
        let new = try WebhookSecret(WebhookSecret.generate())
        for secrets in [[old, new], [new, old]] {
            let verifier = SignatureVerifier(secrets: secrets)
            #expect(try standard.verified(by: verifier, at: now).delivery.keyID == old.id)
            let signer = WebhookSigner(secret: new, scheme: .standard)
            let request = SignedRequest(signer.headers(id: "msg_2", at: now, body: Array("{}".utf8)), body: "{}")
            #expect(try request.verified(by: verifier, at: now).delivery.keyID == new.id)
        }
        #expect(standard.refusal(by: SignatureVerifier(secrets: [new]), at: now) == .mismatch)
        #expect(standard.refusal(by: SignatureVerifier(secrets: []), at: now) == .mismatch)
    }

    @Test("a standard id cannot pass for one made from a body's hash")
    func idsNeverMeet() throws {
        let hashed = try SignatureVector.github.verified(by: verifier, at: now).delivery.id
        #expect(signed(id: hashed).refusal(by: verifier, at: now) == .malformed)
    }
}
