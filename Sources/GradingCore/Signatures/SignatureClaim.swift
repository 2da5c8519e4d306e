/// What a request says about its own signature: read, not yet believed.
struct SignatureClaim: Sendable, Equatable {
    let scheme: SignatureScheme
    /// The id that the scheme signs; `nil` where it signs none.
    let id: String?
    /// Seconds since the epoch; `nil` where the scheme signs none.
    let timestamp: Int64?
    /// The signed bytes that stand before the body.
    let signedPrefix: [UInt8]
    /// 32 bytes each; at least one, at most ``maximumTokens``.
    let tokens: [[UInt8]]

    /// The most tokens that are tried.
    static let maximumTokens = 16
    /// Bytes of an HMAC-SHA-256.
    static let tokenLength = 32

    /// Reads the claim of the first enabled scheme whose signature header is there, in the order standard, github, stripe.
    /// - Parameter stripeHeader: the Stripe scheme's header in lower case.
    init(_ headers: SignatureHeaders, schemes: Set<SignatureScheme>, stripeHeader: String) throws(SignatureRefusal) {
        if schemes.contains(.standard), let names = StandardHeaderNames.present(in: headers) {
            try self.init(standard: headers, names)
        } else if schemes.contains(.github), headers.has(Self.githubHeader) {
            try self.init(github: headers.single(Self.githubHeader))
        } else if schemes.contains(.stripe), headers.has(stripeHeader) {
            try self.init(stripe: headers.single(stripeHeader))
        } else {
            throw .missing
        }
    }

    init(
        scheme: SignatureScheme,
        id: String?,
        timestamp: Int64?,
        signedPrefix: [UInt8],
        candidates: some Sequence<[UInt8]>
    ) throws(SignatureRefusal) {
        let tokens = Array(candidates.prefix(Self.maximumTokens))
        guard !tokens.isEmpty else { throw .malformed }
        self.scheme = scheme
        self.id = id
        self.timestamp = timestamp
        self.signedPrefix = signedPrefix
        self.tokens = tokens
    }

    /// The same claim, to be tried with another scheme's keys.
    init(_ claim: SignatureClaim, as scheme: SignatureScheme) {
        self.scheme = scheme
        id = claim.id
        timestamp = claim.timestamp
        signedPrefix = claim.signedPrefix
        tokens = claim.tokens
    }

    /// Reads ASCII digits and nothing else: no sign, no space, no fraction, no other script's digits.
    static func seconds(_ text: some Collection<UInt8>) throws(SignatureRefusal) -> Int64 {
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard !text.isEmpty, text.allSatisfy(digits.contains) else { throw .malformed }
        guard let seconds = Int64(String(decoding: text, as: UTF8.self)) else { throw .malformed }
        return seconds
    }
}
