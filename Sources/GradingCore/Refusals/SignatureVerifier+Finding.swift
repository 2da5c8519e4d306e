extension SignatureVerifier {
    /// Tries what the answer's path must not: secrets that are retired, and a signature whose time is past.
    ///
    /// - Parameters:
    ///   - now: when it came.
    ///   - retired: recognised, never accepted.
    func examine(
        _ headers: SignatureHeaders,
        body: [UInt8],
        at now: Timestamp,
        retired: [RetiredSecret]
    ) -> SignatureFinding {
        let claim: SignatureClaim
        do {
            claim = try SignatureClaim(headers, schemes: schemes, stripeHeader: stripeHeader)
        } catch {
            return SignatureFinding(reason: RefusalReason(error), detail: detail(of: error, headers))
        }
        let skew = claim.timestamp.flatMap { Self.isFresh($0, at: now) ? nil : ClockSkew(of: $0, at: now) }
        var finding = finding(of: claim, skew, body: body, at: now, retired)
        finding.deliveryID = claim.id
        return finding
    }

    private func finding(
        of claim: SignatureClaim,
        _ skew: ClockSkew?,
        body: [UInt8],
        at now: Timestamp,
        _ retired: [RetiredSecret]
    ) -> SignatureFinding {
        if let skew, let key = Self.keyID(matching: claim, body: body, among: secrets) {
            return SignatureFinding(
                reason: .clockSkew,
                detail: """
                    The sender is \(skew); \(Self.tolerance.components.seconds) s are allowed. The signature is right otherwise \
                    (\(key)): its clock is wrong, or it sent an old delivery again.
                    """,
                keyID: key
            )
        }
        for former in retired where Self.keyID(matching: claim, body: body, among: [former.secret]) != nil {
            let also = skew.map { " The sender is \($0) as well." } ?? ""
            return SignatureFinding(
                reason: .retiredKey,
                detail: """
                    Signed with the retired secret \(former.secret.id), which expired at \(former.expiredAt.iso8601) \
                    (\(former.expiredAt.duration(to: now).inWords) before). Give the sender one that is valid: \(validSecrets).\(also)
                    """,
                keyID: former.secret.id
            )
        }
        if let skew {
            let detail = "The timestamp is \(skew), and the signature is wrong as well."
            return SignatureFinding(reason: .forgedTimestamp, detail: detail)
        }
        if let key = keyUsedAsText(claim, body: body) {
            let detail = "Signed with the text of the secret \(key): the key is what follows whsec_, decoded from base64."
            return SignatureFinding(reason: .wrongKey, detail: detail, keyID: key)
        }
        let detail = "Signed with no secret that is valid (\(validSecrets)), nor with one of \(retired.count) retired ones."
        return SignatureFinding(reason: .wrongKey, detail: detail)
    }

    private var validSecrets: String {
        secrets.isEmpty ? "there is none" : secrets.map(\.id).joined(separator: ", ")
    }

    /// The secret whose text, as other schemes use it, makes the signature of Standard Webhooks: what a sender without a library
    /// does at first.
    private func keyUsedAsText(_ claim: SignatureClaim, body: [UInt8]) -> String? {
        guard claim.scheme == .standard else { return nil }
        let asText = SignatureClaim(claim, as: .stripe)
        return Self.keyID(matching: asText, body: body, among: secrets)
    }

    private func detail(of refusal: SignatureRefusal, _ headers: SignatureHeaders) -> String {
        switch refusal {
        case .missing: missing(headers)
        case .doubled: "A header of the signature stands there twice."
        case .malformed: "The signature is malformed: an id, a timestamp or every token is outside its grammar."
        case .expired, .mismatch: ""
        }
    }

    private func missing(_ headers: SignatureHeaders) -> String {
        if schemes.contains(.standard), StandardHeaderNames.present(in: headers) != nil {
            return "A signature is there, but its id or its timestamp is not."
        }
        for scheme in SignatureScheme.allCases where !schemes.contains(scheme) && bears(scheme, headers) {
            return "Signed in the style of \(scheme.rawValue), which WEBHOOK_SCHEMES does not name."
        }
        return "No signature: nothing of \(schemes.map(\.rawValue).sorted().joined(separator: ", ")) is there."
    }

    private func bears(_ scheme: SignatureScheme, _ headers: SignatureHeaders) -> Bool {
        switch scheme {
        case .standard: StandardHeaderNames.present(in: headers) != nil
        case .github: headers.has(SignatureClaim.githubHeader)
        case .stripe: headers.has(stripeHeader)
        }
    }
}

/// How far a signed timestamp is off, in words: `412 s behind`.
private struct ClockSkew: CustomStringConvertible {
    let description: String

    init(of signedAt: Int64, at now: Timestamp) {
        let behind = now.milliseconds / 1_000 - signedAt
        description = "\(behind.magnitude) s \(behind < 0 ? "ahead" : "behind")"
    }
}
