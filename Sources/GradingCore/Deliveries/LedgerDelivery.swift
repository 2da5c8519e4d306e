/// A delivery that the ledger remembers: one that was signed well and said something sound.
package struct LedgerDelivery: Sendable, Equatable {
    /// The sender's id for it, or one made from the body's hash; see ``Delivery/id``.
    package let id: String
    package let task: TaskID
    /// The id of the secret that verified it.
    package let keyID: String
    package let receivedAt: Timestamp
    /// What became of it.
    package let disposition: Disposition
    /// Whether another body has come under its id since.
    package let hasConflict: Bool
    /// SHA-256 of the body, 32 bytes.
    package let bodyHash: [UInt8]

    package init(
        id: String,
        task: TaskID,
        keyID: String,
        receivedAt: Timestamp,
        disposition: Disposition,
        hasConflict: Bool,
        bodyHash: [UInt8]
    ) {
        self.id = id
        self.task = task
        self.keyID = keyID
        self.receivedAt = receivedAt
        self.disposition = disposition
        self.hasConflict = hasConflict
        self.bodyHash = bodyHash
    }

    /// How long it has waited for its task; `nil` when it does not wait.
    package func waiting(at now: Timestamp) -> Duration? {
        disposition == .parked ? max(.zero, receivedAt.duration(to: now)) : nil
    }

    /// ``bodyHash`` as people compare it.
    package var bodyHashText: String { LowercaseHex.encode(bodyHash) }
}
