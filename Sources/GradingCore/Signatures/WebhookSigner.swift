import FoundationEssentials

/// Signs callbacks as a grading server would: for the simulator, the test command and tests.
package struct WebhookSigner: Sendable {
    private let secret: WebhookSecret
    private let scheme: SignatureScheme
    private let stripeHeader: String

    /// - Parameter stripeHeader: the name of the Stripe scheme's header, in any case.
    package init(
        secret: WebhookSecret,
        scheme: SignatureScheme,
        stripeHeader: String = SignatureVerifier.defaultStripeHeader
    ) {
        self.secret = secret
        self.scheme = scheme
        self.stripeHeader = stripeHeader.lowercased()
    }

    /// The headers that sign this body, names in lower case. `id` is ignored by schemes that sign none.
    ///
    /// Empty when the secret has no key for the scheme: a standard signature needs a `whsec_` secret.
    package func headers(id: String, at time: Timestamp, body: [UInt8]) -> [(name: String, value: String)] {
        let seconds = String(time.milliseconds / 1_000)
        switch scheme {
        case .standard:
            guard let code = code(over: "\(id).\(seconds).", body) else { return [] }
            let names = StandardHeaderNames.webhook
            return [(names.id, id), (names.timestamp, seconds), (names.signature, "v1,\(StrictBase64.encode(code))")]
        case .github:
            guard let code = code(over: "", body) else { return [] }
            return [(SignatureClaim.githubHeader, "sha256=\(LowercaseHex.encode(code))")]
        case .stripe:
            guard let code = code(over: "\(seconds).", body) else { return [] }
            return [(stripeHeader, "t=\(seconds),v1=\(LowercaseHex.encode(code))")]
        }
    }

    private func code(over prefix: String, _ body: [UInt8]) -> [UInt8]? {
        secret.authenticationCode(for: scheme, prefix: Array(prefix.utf8), body: body).map { Array($0) }
    }
}
