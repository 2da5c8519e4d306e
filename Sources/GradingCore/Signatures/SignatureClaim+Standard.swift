/// The three headers of Standard Webhooks, under one of their two sets of names.
struct StandardHeaderNames: Sendable {
    let id: String
    let timestamp: String
    let signature: String

    /// The names of the specification.
    static let webhook = StandardHeaderNames(prefix: "webhook")
    /// The names under which Svix, who began the specification, sends the same content.
    static let svix = StandardHeaderNames(prefix: "svix")

    private init(prefix: String) {
        id = "\(prefix)-id"
        timestamp = "\(prefix)-timestamp"
        signature = "\(prefix)-signature"
    }

    /// The set whose signature header is there. Svix's counts only when no `webhook-` header is there, so that the two sets
    /// are never mixed.
    static func present(in headers: SignatureHeaders) -> StandardHeaderNames? {
        if headers.has(webhook.signature) { return webhook }
        if headers.has(webhook.id) || headers.has(webhook.timestamp) { return nil }
        return headers.has(svix.signature) ? svix : nil
    }
}

// Standard Webhooks 1.0: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
extension SignatureClaim {
    /// Signed: `id.timestamp.body`. Signature: `v1,<base64>` tokens with a space between.
    init(standard headers: SignatureHeaders, _ names: StandardHeaderNames) throws(SignatureRefusal) {
        let signature = try headers.single(names.signature)
        let id = try headers.single(names.id)
        let timestamp = try headers.single(names.timestamp)
        guard Self.isStandardID(id) else { throw .malformed }
        try self.init(
            scheme: .standard,
            id: id,
            timestamp: Self.seconds(timestamp.utf8),
            signedPrefix: Array("\(id).\(timestamp).".utf8),
            candidates: signature.utf8.split(separator: UInt8(ascii: " ")).lazy.compactMap(Self.standardToken)
        )
    }

    /// At most 256 visible ASCII characters without `.`, which would let an id and a timestamp trade places.
    private static func isStandardID(_ id: String) -> Bool {
        let visible: ClosedRange<UInt8> = 0x21...0x7E
        return (1...256).contains(id.utf8.count)
            && id.utf8.allSatisfy { visible.contains($0) && $0 != UInt8(ascii: ".") }
    }

    /// `nil` for other versions (`v1a` is the asymmetric one) and for anything malformed.
    private static func standardToken(_ token: Substring.UTF8View) -> [UInt8]? {
        let version = "v1,".utf8
        guard token.starts(with: version) else { return nil }
        return StrictBase64.decode(token.dropFirst(version.count)).flatMap { $0.count == tokenLength ? $0 : nil }
    }
}
