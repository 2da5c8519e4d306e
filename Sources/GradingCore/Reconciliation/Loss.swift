/// What speaks for it that the grading server has lost a task. The raw value is the word in the monitor's own table.
package enum LossEvidence: String, Sendable, Hashable, CaseIterable {
    /// It says that it does not know the task (404).
    case unknownTask = "unknown_task"
    /// It says PENDING of a task that was seen under way: Celery answers so for a task that it has forgotten.
    case pendingAfterProcessing = "pending_after_processing"
    /// It has said nothing but PENDING for longer than a task may wait.
    case pendingTooLong = "pending_too_long"
    /// It still tells of a run that a retry has replaced.
    case olderAttempt = "older_attempt"

    /// For logs; without a full stop.
    package var explanation: String {
        switch self {
        case .unknownTask: "the grading server does not know the task (404)"
        case .pendingAfterProcessing: "the grading server says PENDING of a task that was under way: it has forgotten it"
        case .pendingTooLong: "the grading server has said nothing but PENDING for too long"
        case .olderAttempt: "the grading server still tells of an attempt before: it may not know of the retry"
        }
    }
}

/// A task that seems to be lost: on what evidence, and since when.
package struct Loss: Sendable, Equatable {
    package let evidence: LossEvidence
    package let since: Timestamp

    package init(evidence: LossEvidence, since: Timestamp) {
        self.evidence = evidence
        self.since = since
    }

    /// From what a store holds of it; `nil` when there is no mark.
    package init?(evidence: String?, since: Timestamp?) {
        guard let evidence = evidence.flatMap(LossEvidence.init), let since else { return nil }
        self.init(evidence: evidence, since: since)
    }
}

/// What is known of a task's past when it is asked about.
package struct TaskTrace: Sendable, Equatable {
    /// When the student's row was last written: for a task that stands at PENDING, since when it waits. `nil` when unknown.
    package var writtenAt: Timestamp?
    /// When the monitor first saw it under way; `nil` when it has not.
    package var firstProcessingAt: Timestamp?
    /// When the grading server last gave a sign of life about it.
    package var lastSignalAt: Timestamp?
    /// The mark as it was stored, valid or not: see ``standingLoss``.
    package var loss: Loss?

    package init(
        writtenAt: Timestamp? = nil,
        firstProcessingAt: Timestamp? = nil,
        lastSignalAt: Timestamp? = nil,
        loss: Loss? = nil
    ) {
        self.writtenAt = writtenAt
        self.firstProcessingAt = firstProcessingAt
        self.lastSignalAt = lastSignalAt
        self.loss = loss
    }

    /// The mark, unless the grading server has spoken of the task since.
    package var standingLoss: Loss? {
        guard let loss, lastSignalAt ?? loss.since <= loss.since else { return nil }
        return loss
    }
}
