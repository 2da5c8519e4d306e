/// What a refused signature turns out to be when there is time for a closer look.
struct SignatureFinding: Sendable, Equatable {
    let reason: RefusalReason
    /// A sentence or two for the operator.
    let detail: String
    /// The secret that signed, valid or retired: the body is a sender's of ours.
    var keyID: String?
    /// As the signature's headers have it.
    var deliveryID: String?
}
