/// What the database knows of the tasks and deliveries in a batch, read inside the transaction that will change them.
package struct CommitState: Sendable {
    /// By delivery id; only those in the batch that were seen before.
    package var deliveries: [String: KnownDelivery]
    /// By task id; only those in the batch that exist.
    package var tasks: [TaskID: TaskState]
    /// Whether the database in use has the status REQUIRES_REVIEW; see ``TaskStatus/stored(hasReviewStatus:)``.
    package var hasReviewStatus: Bool

    package init(
        deliveries: [String: KnownDelivery] = [:],
        tasks: [TaskID: TaskState] = [:],
        hasReviewStatus: Bool = true
    ) {
        self.deliveries = deliveries
        self.tasks = tasks
        self.hasReviewStatus = hasReviewStatus
    }
}

/// A delivery in the ledger.
package struct KnownDelivery: Sendable, Equatable {
    /// SHA-256 of its body, 32 bytes.
    package let bodyHash: [UInt8]
    package let task: TaskID
    package var disposition: Disposition
    /// Whether another body has come under its id before.
    package var hasConflict: Bool

    package init(bodyHash: [UInt8], task: TaskID, disposition: Disposition, hasConflict: Bool = false) {
        self.bodyHash = bodyHash
        self.task = task
        self.disposition = disposition
        self.hasConflict = hasConflict
    }
}
