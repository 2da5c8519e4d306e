import Crypto
import GradingCore
import Testing

@Suite("Signatures: vectors and real senders")
struct SignatureVectorTests {
    @Test("the Standard Webhooks vector is accepted under its own id")
    func standard() throws {
        let verifier = SignatureVerifier(secrets: [SignatureVector.standardSecret])
        let verified = try SignatureVector.standard.verified(by: verifier, at: SignatureVector.standardTime)
        #expect(verified.delivery.id == "msg_p5jXN8AQM9LWM0D4loKWxJek")
        #expect(verified.delivery.keyID == SignatureVector.standardSecret.id)
        #expect(verified.delivery.bodyHash == Array(SHA256.hash(data: SignatureVector.standard.body)))
        #expect(verified.body == SignatureVector.standard.body)
    }

    @Test("the GitHub vector is accepted at any time, under an id made from the body's hash")
    func github() throws {
        let verifier = SignatureVerifier(secrets: [SignatureVector.githubSecret], schemes: [.github])
        let verified = try SignatureVector.github.verified(by: verifier, at: Timestamp(milliseconds: 0))
        // printf 'Hello, World!' | sha256sum
        #expect(verified.delivery.id == "github.dffd6021bb2bd5b0af676290809ec3a53191dd81c7f70a4b28688a362182986f")
        #expect(verified.delivery.bodyHash.count == 32)
        #expect(verified.delivery.keyID == SignatureVector.githubSecret.id)
    }

    @Test("the Stripe vector is accepted under an id made from the body's hash")
    func stripe() throws {
        let verifier = SignatureVerifier(secrets: [SignatureVector.stripeSecret], schemes: [.stripe])
        let verified = try SignatureVector.stripe.verified(by: verifier, at: SignatureVector.stripeTime)
        #expect(verified.delivery.id == "stripe.b5d1269472e8074df9f095c4ca5d33b232e828ead93f4f8f676df648141b998e")
    }

    @Test("the signer makes the three vectors", arguments: SignatureScheme.allCases)
    func signer(scheme: SignatureScheme) {
        let (secret, request, time) =
            switch scheme {
            case .standard: (SignatureVector.standardSecret, SignatureVector.standard, SignatureVector.standardTime)
            case .github: (SignatureVector.githubSecret, SignatureVector.github, SignatureVector.stripeTime)
            case .stripe: (SignatureVector.stripeSecret, SignatureVector.stripe, SignatureVector.stripeTime)
            }
        let headers = WebhookSigner(secret: secret, scheme: scheme)
            .headers(id: "msg_p5jXN8AQM9LWM0D4loKWxJek", at: time.advanced(by: .milliseconds(999)), body: request.body)
        #expect(headers.map(\.name) == request.headers.map(\.name))
        #expect(headers.map(\.value) == request.headers.map(\.value))
    }

    @Test("a secret without whsec_ signs nothing in the standard scheme")
    func signerWithoutKey() {
        let signer = WebhookSigner(secret: SignatureVector.githubSecret, scheme: .standard)
        #expect(signer.headers(id: "msg_1", at: SignatureVector.standardTime, body: []).isEmpty)
    }

    // What standardwebhooks 1.1.0 and svix 2.9.1 (PyPI) made of this secret, body and time.
    static let librarySecret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDh6aUxPL5Dls="
    static let libraryBody =
        #"{"type":"grading.task.completed","timestamp":"2026-11-23T10:30:00.000Z","data":{"#
        + #""task_id":"4b8ab882-49f1-4090-9be4-994c965316fb","status":"SUCCESS","result":{"status":"COMPLETED","results":{"#
        + #""1a":{"score":2,"max_score":4,"feedback":"Démarche juste","page_source":1}}},"error":null}}"#
    static let libraryTime = Timestamp(milliseconds: 1_795_429_800_000)

    static func libraryRequest(id: String, signature: String) -> SignedRequest {
        SignedRequest(
            [("webhook-id", id), ("webhook-timestamp", "1795429800"), ("webhook-signature", signature)],
            body: libraryBody
        )
    }

    @Test("a callback signed by PyPI's standardwebhooks is accepted")
    func standardwebhooks() throws {
        let verifier = SignatureVerifier(secrets: [try WebhookSecret(Self.librarySecret)])
        let request = Self.libraryRequest(
            id: "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W",
            signature: "v1,J+34UnNZmf5iMtVJ9fDRxD2A9aO90b6rpqrlVgyvI6c="
        )
        #expect(try request.verified(by: verifier, at: Self.libraryTime).delivery.id == "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W")
    }

    @Test("a callback signed by PyPI's svix is accepted under either set of header names")
    func svix() throws {
        let verifier = SignatureVerifier(secrets: [try WebhookSecret(Self.librarySecret)])
        var request = Self.libraryRequest(
            id: "msg_loFOjxBNrRLzqYUf",
            signature: "v1,y7rhZrWQAoVG5giVZjTSVPEUz6NTmeLRAqUZ2wccPtk="
        )
        #expect(request.refusal(by: verifier, at: Self.libraryTime) == nil)
        for part in ["id", "timestamp", "signature"] { request.rename("webhook-\(part)", "svix-\(part)") }
        #expect(try request.verified(by: verifier, at: Self.libraryTime).delivery.id == "msg_loFOjxBNrRLzqYUf")
    }

    @Test("one flipped byte of body, id, timestamp or signature is refused", arguments: SignatureScheme.allCases)
    func flipped(scheme: SignatureScheme) {
        let (request, time) =
            switch scheme {
            case .standard: (SignatureVector.standard, SignatureVector.standardTime)
            case .github: (SignatureVector.github, SignatureVector.standardTime)
            case .stripe: (SignatureVector.stripe, SignatureVector.stripeTime)
            }
        #expect(request.refusal(by: SignatureVector.verifier, at: time) == nil)
        for bit in 0..<7 {
            for index in request.body.indices {
                var spoiled = request
                spoiled.body[index] ^= 1 << bit
                #expect(spoiled.refusal(by: SignatureVector.verifier, at: time) == .mismatch)
            }
            for header in request.headers {
                for index in 0..<header.value.utf8.count {
                    var bytes = Array(header.value.utf8)
                    bytes[index] ^= 1 << bit
                    var spoiled = request
                    spoiled[header.name] = String(decoding: bytes, as: UTF8.self)
                    #expect(spoiled.refusal(by: SignatureVector.verifier, at: time) != nil, "\(header.name) \(index) \(bit)")
                }
            }
        }
    }
}
