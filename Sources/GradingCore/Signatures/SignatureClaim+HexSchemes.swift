extension SignatureClaim {
    /// Where GitHub puts its SHA-256 signature; its older `X-Hub-Signature` (SHA-1) is not read.
    static let githubHeader = "x-hub-signature-256"
    /// Where Stripe puts its signature, unless configured otherwise.
    static let stripeHeader = "stripe-signature"

    /// Signed: the body alone. Signature: `sha256=<hex>`.
    /// Source: https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
    init(github value: String) throws(SignatureRefusal) {
        try self.init(
            scheme: .github,
            id: nil,
            timestamp: nil,
            signedPrefix: [],
            candidates: Self.elements(of: value).lazy.compactMap { Self.hexToken($0, name: "sha256=") }
        )
    }

    /// Signed: `t.body`. Signature: `t=<seconds>,v1=<hex>`, and more `v1=` while a secret is being replaced.
    /// Source: https://docs.stripe.com/webhooks#verify-manually
    init(stripe value: String) throws(SignatureRefusal) {
        let elements = Self.elements(of: value)
        let name = "t=".utf8
        let times = elements.filter { $0.starts(with: name) }.map { $0.dropFirst(name.count) }
        guard let time = times.first else { throw .missing }
        guard times.count == 1 else { throw .doubled }
        try self.init(
            scheme: .stripe,
            id: nil,
            timestamp: Self.seconds(time),
            signedPrefix: Array(time) + [UInt8(ascii: ".")],
            candidates: elements.lazy.compactMap { Self.hexToken($0, name: "v1=") }
        )
    }

    private static func elements(of value: String) -> [Substring.UTF8View] {
        value.utf8.split(separator: UInt8(ascii: ","))
    }

    /// `nil` for other versions (`v0=`, `sha1=`) and for anything malformed.
    private static func hexToken(_ element: Substring.UTF8View, name: String) -> [UInt8]? {
        guard element.starts(with: name.utf8) else { return nil }
        return LowercaseHex.decode(element.dropFirst(name.utf8.count)).flatMap { $0.count == tokenLength ? $0 : nil }
    }
}
