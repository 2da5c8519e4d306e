// STUB: replaced by the real implementation. Signatures are agreed.

package struct WebhookSecret: Sendable {
    /// Not the secret: a short fingerprint that names it in logs and in the ledger.
    package let id: String
    /// Reads one configured secret. Throws a ``WebhookSecretError`` that says what is wrong without quoting the secret.
    package init(_ text: String, schemes: [SignatureScheme] = [.standard]) throws(WebhookSecretError) { fatalError() }
    /// A new Standard Webhooks secret: `whsec_` and 32 random bytes in base64.
    package static func generate() -> String { fatalError() }
}
package struct WebhookSecretError: Error, Sendable, Equatable, CustomStringConvertible {
    package let description: String
}
/// The request's headers as the verifier needs them: all values of a header, by its lower-case name.
package struct SignatureHeaders: Sendable {
    package let values: @Sendable (String) -> [String]
    package init(_ values: @escaping @Sendable (String) -> [String]) { self.values = values }
}
package struct VerifiedDelivery: Sendable {
    package let delivery: Delivery
    package let body: [UInt8]
}
/// For the operator's eyes and counters only: a sender learns nothing but 401.
package enum SignatureRefusal: String, Error, Sendable, Hashable, CaseIterable {
    case missing, malformed, expired, mismatch
}
package struct SignatureVerifier: Sendable {
    package init(secrets: [WebhookSecret], schemes: [SignatureScheme] = [.standard]) { fatalError() }
    package func verify(_ headers: SignatureHeaders, body: [UInt8], now: Timestamp) throws(SignatureRefusal) -> VerifiedDelivery { fatalError() }
}
package struct WebhookSigner: Sendable {
    package init(secret: WebhookSecret, scheme: SignatureScheme) { fatalError() }
    /// The headers that sign this body, names in lower case. `id` is ignored by schemes that sign none.
    package func headers(id: String, at: Timestamp, body: [UInt8]) -> [(name: String, value: String)] { fatalError() }
}
