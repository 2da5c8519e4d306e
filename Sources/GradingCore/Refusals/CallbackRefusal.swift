/// A refused callback in the ledger. Of its body there is a hash and a size, nothing else.
package struct CallbackRefusal: Sendable, Equatable {
    /// Made by us: what the sender called it is ``deliveryID``, and may be invented.
    package let id: String
    package let receivedAt: Timestamp
    package let reason: RefusalReason
    /// A sentence or two for the operator.
    package let detail: String
    /// The client's address, as the rate limits name it; that of an IPv6 client by /64.
    package let sender: String
    /// As the sender claims; `nil` when there is none within the grammar.
    package let deliveryID: String?
    /// Of the path or, where the signature is a sender's of ours, of the body.
    package let task: TaskID?
    /// The secret that signed it, valid or retired; `nil` when it is none that we know.
    package let keyID: String?
    /// SHA-256, 32 bytes; `nil` when the body was not taken in.
    package let bodyHash: [UInt8]?
    /// Bytes, or what the sender said of them.
    package let size: Int?
    /// How many it stands for, itself among them: more of the same reason were left out.
    package let count: Int

    package init(
        id: String,
        receivedAt: Timestamp,
        reason: RefusalReason,
        detail: String,
        sender: String,
        deliveryID: String?,
        task: TaskID?,
        keyID: String?,
        bodyHash: [UInt8]?,
        size: Int?,
        count: Int
    ) {
        self.id = id
        self.receivedAt = receivedAt
        self.reason = reason
        self.detail = detail
        self.sender = sender
        self.deliveryID = deliveryID
        self.task = task
        self.keyID = keyID
        self.bodyHash = bodyHash
        self.size = size
        self.count = count
    }

    /// The most that are kept; beyond that the oldest go.
    package static let maximumKept = 10_000

    /// ``bodyHash`` as people compare it.
    package var bodyHashText: String? { bodyHash.map(LowercaseHex.encode) }
}
