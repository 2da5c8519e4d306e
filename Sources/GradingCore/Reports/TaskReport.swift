/// One piece of news about one task, whatever way it came. The only thing that can change a task's status.
package struct TaskReport: Sendable, Equatable {
    /// The task it speaks of.
    package let task: TaskID
    /// The status word as the grading server said it, for logs.
    package let word: String
    /// What the word means here.
    package let meaning: ReportedStatus
    /// The result as received and what it amounts to; `nil` when the report carries none.
    package let result: GradingResult?
    /// The grading server's error text; `nil` when it gave none.
    package let error: String?
    /// The run of this task id that the report speaks of, by the grading server's count, from 1; `nil` (the usual case)
    /// means the current one.
    package let attempt: Int?
    /// How and when the report reached us.
    package let provenance: Provenance

    package init(
        task: TaskID,
        word: String,
        meaning: ReportedStatus,
        result: GradingResult? = nil,
        error: String? = nil,
        attempt: Int? = nil,
        provenance: Provenance
    ) {
        self.task = task
        self.word = word
        self.meaning = meaning
        self.result = result
        self.error = error
        self.attempt = attempt
        self.provenance = provenance
    }

    /// A measure of what the report takes in memory and in a transaction, in bytes.
    package var cost: Int { 256 + (result?.raw.count ?? 0) + (error?.utf8.count ?? 0) }
}

/// What a grading server's status word means to us.
package enum ReportedStatus: Sendable, Hashable {
    /// One of the four that a machine may report: pending, processing, completed, failed.
    case known(TaskStatus)
    /// A word that is not in the vocabulary: it changes no status.
    case unknown
}

/// How and when a report reached us.
package struct Provenance: Sendable, Equatable {
    package let source: ReportSource
    /// For a callback, when it arrived. For a check, when the question was *sent*: what a callback said since then is newer.
    package let observedAt: Timestamp
    /// The delivery that carried it; `nil` for checks.
    package let delivery: Delivery?

    package init(source: ReportSource, observedAt: Timestamp, delivery: Delivery? = nil) {
        self.source = source
        self.observedAt = observedAt
        self.delivery = delivery
    }
}

/// What identifies one callback delivery in the ledger.
package struct Delivery: Sendable, Hashable {
    /// The sender's id for it (Standard Webhooks), or one made from the body's hash where the scheme signs no id.
    /// At most 256 visible ASCII characters.
    package let id: String
    /// SHA-256 of the body, 32 bytes.
    package let bodyHash: [UInt8]
    /// The id of the secret that verified it; not the secret.
    package let keyID: String

    package init(id: String, bodyHash: [UInt8], keyID: String) {
        self.id = id
        self.bodyHash = bodyHash
        self.keyID = keyID
    }
}
