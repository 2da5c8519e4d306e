import Crypto
import FoundationEssentials
import GradingCore
import Testing

@Suite("Signatures: secrets")
struct SignatureSecretTests {
    private func base64(_ count: Int) -> String {
        Data((0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ 3) }).base64EncodedString()
    }

    private func fault(_ text: String, _ schemes: [SignatureScheme] = [.standard]) -> String? {
        do throws(WebhookSecretError) {
            _ = try WebhookSecret(text, schemes: schemes)
            return nil
        } catch {
            return error.description
        }
    }

    @Test("a generated secret is accepted, holds 32 bytes and is new each time")
    func generated() throws {
        let text = WebhookSecret.generate()
        #expect(fault(text) == nil)
        #expect(text.hasPrefix("whsec_"))
        #expect(Data(base64Encoded: String(text.dropFirst(6)))?.count == 32)
        #expect(text != WebhookSecret.generate())
    }

    @Test("the id is a fingerprint of the text, and nothing printed from a secret shows it")
    func fingerprint() {
        let text = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
        let secret = WebhookSecret(unchecked: text)
        let digest = SHA256.hash(data: Array(text.utf8)).prefix(4).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        #expect(secret.id == "k-" + digest.joined())
        var dumped = ""
        dump(secret, to: &dumped)
        dump(SignatureVerifier(secrets: [secret]), to: &dumped)
        for printed in ["\(secret)", String(reflecting: secret), dumped] {
            #expect(printed.contains(secret.id))
            #expect(!printed.contains("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
            #expect(!printed.contains("HMAC"))
        }
    }

    @Test("a standard secret holds 24 to 64 bytes", arguments: [23, 24, 64, 65])
    func length(count: Int) {
        #expect((fault("whsec_" + base64(count)) == nil) == (24...64).contains(count))
    }

    @Test("what follows whsec_ is strict base64 when the standard scheme is enabled, and free text when it is not")
    func strictSecret() {
        let good = base64(32)
        for bad in [
            String(good.dropLast()), good + "=", good.dropLast() + "\n", "-_" + good.dropFirst(2), "a b" + good.dropFirst(3),
        ] {
            #expect(fault("whsec_" + bad) != nil, "\(bad)")
            #expect(fault("whsec_" + bad, [.standard, .stripe]) != nil, "\(bad)")
        }
        #expect(fault("whsec_" + good.dropLast(), [.stripe]) == nil)
    }

    @Test("a secret without whsec_ serves GitHub and Stripe, never the standard scheme alone")
    func withoutPrefix() {
        let text = "It's a Secret to Everybody"
        #expect(fault(text) != nil)
        #expect(fault(text, [.github]) == nil)
        #expect(fault(text, [.stripe]) == nil)
        #expect(fault(text, [.standard, .github]) == nil)
    }

    @Test("a text of fewer than 24 bytes is refused; bytes count, not characters")
    func textLength() {
        #expect(fault("abcdefghijklmnopqrstuvw", [.github]) != nil)
        #expect(fault("abcdefghijklmnopqrstuvwx", [.github]) == nil)
        #expect(fault("éèêëàâäîïôöù", [.github]) == nil)
        #expect(fault("whsec_test_secret", [.stripe]) != nil)
    }

    @Test(
        "empty values, leftovers of unset variables and placeholders are refused in every scheme",
        arguments: [
            "", " ", "undefined", "null", "changeme", "ChangeMe", "changeme-changeme-changeme-1", "secret",
            "secret-secret-secret-secret",
            "Secret12345678901234567890", "whsec_", "whsec_your_secret_goes_here_please", "your-webhook-secret-of-32-characters",
            "<your webhook secret, 32 bytes>", "whsec_<base64 of at least 24 bytes>", "example-example-example-example",
            "this-is-an-example-secret-000", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "replace-me-with-a-real-secret", "placeholder-placeholder-placeholder", "whsec_undefined", "whsec_null",
        ]
    )
    func placeholders(text: String) {
        for schemes: [SignatureScheme] in [[.standard], [.github], [.stripe], SignatureScheme.allCases] {
            #expect(fault(text, schemes) != nil, "\(schemes)")
        }
    }

    @Test("a key of one byte repeated is a placeholder, however its base64 looks")
    func repeatedByte() {
        let key = Data(repeating: 1, count: 32).base64EncodedString()
        #expect(Set(key).count > 1)
        #expect(fault("whsec_" + key) != nil)
    }

    @Test("white space at either end and control characters are refused")
    func edges() {
        let good = WebhookSecret.generate()
        for bad in [good + "\n", " " + good, good + " ", good + "\r", good.prefix(10) + "\0" + good.dropFirst(10)] {
            #expect(fault(String(bad), SignatureScheme.allCases) != nil)
        }
    }

    @Test("the error never quotes the secret")
    func errorIsSilent() {
        for text in ["hunter2hunter2", "whsec_hunter2hunter2hunter2!", "hunter2hunter2hunter2hunter2", "<hunter2>", "hunter2\n"] {
            let description = fault(text)
            #expect(description != nil)
            #expect(description?.contains("hunter2") == false)
        }
    }
}
