import Crypto
import FoundationEssentials

/// A callback whose signature was checked. Only ``SignatureVerifier`` can make one, so nothing that takes one can be handed
/// an unverified body.
package struct VerifiedDelivery: Sendable {
    package let delivery: Delivery
    /// Whether the sender signed the delivery's id. Where it did not, nothing but the body says what the delivery is about.
    package let hasSignedID: Bool
    /// The bytes that were signed.
    package let body: [UInt8]

    fileprivate init(delivery: Delivery, hasSignedID: Bool, body: [UInt8]) {
        self.delivery = delivery
        self.hasSignedID = hasSignedID
        self.body = body
    }
}

/// Decides whether a callback was signed with one of our secrets, lately.
package struct SignatureVerifier: Sendable {
    let secrets: [WebhookSecret]
    let schemes: Set<SignatureScheme>
    let stripeHeader: String

    /// How far a timestamp may be off, either way. Not configurable: 0 would not mean off.
    package static let tolerance = Duration.seconds(300)
    /// Where Stripe puts its signature.
    package static let defaultStripeHeader = SignatureClaim.stripeHeader

    /// - Parameters:
    ///   - secrets: all that are live. Each costs one HMAC over every body. None: every callback is refused.
    ///   - schemes: those that are enabled.
    ///   - stripeHeader: the name of the Stripe scheme's header, in any case.
    package init(
        secrets: [WebhookSecret],
        schemes: [SignatureScheme] = [.standard],
        stripeHeader: String = defaultStripeHeader
    ) {
        self.secrets = secrets
        self.schemes = Set(schemes)
        self.stripeHeader = stripeHeader.lowercased()
    }

    /// Verifies one request over its raw body.
    package func verify(
        _ headers: SignatureHeaders,
        body: [UInt8],
        now: Timestamp
    ) throws(SignatureRefusal) -> VerifiedDelivery {
        let claim = try SignatureClaim(headers, schemes: schemes, stripeHeader: stripeHeader)
        if let timestamp = claim.timestamp, !Self.isFresh(timestamp, at: now) { throw .expired }
        guard let keyID = Self.keyID(matching: claim, body: body, among: secrets) else { throw .mismatch }
        let bodyHash = Array(SHA256.hash(data: body))
        // GitHub and Stripe sign no id: the body's hash stands for it. A standard id has no dot, so the kinds never meet.
        let id = claim.id ?? "\(claim.scheme.rawValue).\(LowercaseHex.encode(bodyHash))"
        let delivery = Delivery(id: id, bodyHash: bodyHash, keyID: keyID)
        return VerifiedDelivery(delivery: delivery, hasSignedID: claim.id != nil, body: body)
    }

    /// Tries every secret with every token and never stops at a match: the time tells nothing. The comparison is
    /// swift-crypto's own, in constant time.
    static func keyID(matching claim: SignatureClaim, body: [UInt8], among secrets: [WebhookSecret]) -> String? {
        var match: String?
        for secret in secrets {
            let code = secret.authenticationCode(for: claim.scheme, prefix: claim.signedPrefix, body: body)
            guard let code else { continue }
            for token in claim.tokens where code == token {
                match = match ?? secret.id
            }
        }
        return match
    }

    static func isFresh(_ seconds: Int64, at now: Timestamp) -> Bool {
        let (signedAt, tooLarge) = seconds.multipliedReportingOverflow(by: 1_000)
        let (age, tooFar) = now.milliseconds.subtractingReportingOverflow(signedAt)
        return !tooLarge && !tooFar && age.magnitude <= tolerance.milliseconds.magnitude
    }
}
