/// A callback that was refused, as the answer's path leaves it: with its bytes, which live for moments only, until they have
/// been looked at.
package struct RefusedCallback: Sendable {
    /// As far as the answer's path can tell.
    package let reason: RefusalReason
    /// What it can say beyond that; quotes nothing of the body.
    package let detail: String?
    package let receivedAt: Timestamp
    /// Who sent it, as the rate limits name clients.
    package let sender: String
    package let headers: SignatureHeaders
    /// `nil` when not all of it was taken in.
    package let body: [UInt8]?
    /// Bytes of the body, or what the sender said of them; `nil` when neither is known.
    package let size: Int?
    /// The task in the path, which nobody has signed.
    package let task: TaskID?
    /// What was verified before it was refused.
    package let delivery: Delivery?

    package init(
        _ reason: RefusalReason,
        detail: String? = nil,
        receivedAt: Timestamp,
        sender: String,
        headers: SignatureHeaders,
        body: [UInt8]?,
        size: Int? = nil,
        task: TaskID? = nil,
        delivery: Delivery? = nil
    ) {
        self.reason = reason
        self.detail = detail
        self.receivedAt = receivedAt
        self.sender = sender
        self.headers = headers
        self.body = body
        self.size = body?.count ?? size
        self.task = task
        self.delivery = delivery
    }
}
