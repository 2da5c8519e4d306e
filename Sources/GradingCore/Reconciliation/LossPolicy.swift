/// When a task counts as lost, and when it is given up.
package struct LossPolicy: Sendable, Equatable {
    /// How long the grading server may say nothing but PENDING of a task.
    package var pendingDeadline: Duration = .seconds(86_400)
    /// How long a task stays marked as lost before it becomes FAILED; 0 or more.
    package var lostAfter: Duration = .seconds(86_400)

    package init() {}

    /// What an answer says about a task's whereabouts.
    enum Verdict: Sendable, Equatable {
        case present
        /// Marked as lost: from now on, or still.
        case lost(Loss)
        /// Lost for too long: it becomes FAILED.
        case givenUp(Loss)

        var loss: Loss? {
            switch self {
            case .present: nil
            case .lost(let loss), .givenUp(let loss): loss
            }
        }
    }

    /// The answer is PENDING.
    func verdictOnPending(_ claim: ClaimedTask, at now: Timestamp) -> Verdict {
        guard claim.status.isOpen else { return .present }
        if claim.status == .processing, claim.trace.firstProcessingAt != nil {
            return verdict(.pendingAfterProcessing, on: claim, at: now)
        }
        guard let waitingSince = claim.trace.writtenAt, waitingSince.duration(to: now) >= pendingDeadline else {
            return .present
        }
        return verdict(.pendingTooLong, on: claim, at: now)
    }

    /// The answer is that there is no such task.
    func verdictOnUnknownTask(_ claim: ClaimedTask, at now: Timestamp) -> Verdict {
        claim.status.isOpen ? verdict(.unknownTask, on: claim, at: now) : .present
    }

    /// The answer is about an attempt that a retry has replaced.
    func verdictOnOlderAttempt(_ claim: ClaimedTask, at now: Timestamp) -> Verdict {
        claim.status.isOpen ? verdict(.olderAttempt, on: claim, at: now) : .present
    }

    /// The first evidence is kept: it says since when.
    private func verdict(_ evidence: LossEvidence, on claim: ClaimedTask, at now: Timestamp) -> Verdict {
        let loss = claim.trace.standingLoss ?? Loss(evidence: evidence, since: now)
        return loss.since.duration(to: now) >= lostAfter ? .givenUp(loss) : .lost(loss)
    }
}

extension Loss {
    /// The error of a task that is given up.
    var errorText: String { "lost since \(since.iso8601): \(evidence.explanation)" }
}
