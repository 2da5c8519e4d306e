import Crypto

/// Takes the closer look at a refused callback: what was wrong with it, in words that an operator can act on.
package struct RefusalDiagnosis: Sendable {
    private let verifier: SignatureVerifier
    private let retired: [RetiredSecret]
    private let decoder: ReportDecoder

    /// - Parameter retired: recognised, never accepted.
    package init(verifier: SignatureVerifier, retired: [RetiredSecret], decoder: ReportDecoder) {
        self.verifier = verifier
        self.retired = retired
        self.decoder = decoder
    }

    func refusal(_ kept: RefusalSample.Kept) -> CallbackRefusal {
        let refused = kept.refused
        let finding = finding(of: refused)
        return CallbackRefusal(
            id: kept.id,
            receivedAt: refused.receivedAt,
            reason: finding.reason,
            detail: finding.detail,
            sender: refused.sender,
            deliveryID: finding.deliveryID,
            task: task(of: refused, isAuthentic: finding.keyID != nil),
            keyID: finding.keyID,
            bodyHash: refused.delivery?.bodyHash ?? refused.body.map { Array(SHA256.hash(data: $0)) },
            size: refused.size,
            count: kept.count
        )
    }

    /// Whatever was verified, or refused before it could be, needs no look at the signature.
    private func finding(of refused: RefusedCallback) -> SignatureFinding {
        if let body = refused.body, refused.delivery == nil {
            return verifier.examine(refused.headers, body: body, at: refused.receivedAt, retired: retired)
        }
        return SignatureFinding(
            reason: refused.reason,
            detail: refused.detail ?? "",
            keyID: refused.delivery?.keyID,
            deliveryID: refused.delivery?.id
        )
    }

    /// Nothing that a stranger sent reaches a parser here either.
    private func task(of refused: RefusedCallback, isAuthentic: Bool) -> TaskID? {
        guard isAuthentic, refused.delivery == nil, let body = refused.body else { return refused.task }
        let provenance = Provenance(source: .callback, observedAt: refused.receivedAt)
        return (try? decoder.decode(body, task: refused.task, provenance: provenance))?.task ?? refused.task
    }
}
