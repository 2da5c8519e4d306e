/// Something the simulator does for a task, at its time.
package struct PlannedStep: Sendable, Equatable {
    package enum Action: Sendable, Equatable {
        /// Send the progress event of this index; `late` when the final callback went first.
        case progress(Int, late: Bool)
        /// Send the final callback, with retries.
        case final
        /// Send the final callback once more.
        case copy
        /// Lose the final callback.
        case lose
        /// Send a callback that is signed with a wrong key.
        case forge
    }

    /// Counted from the upload.
    package let offset: Duration
    package let action: Action
}

extension TaskPlan {
    /// What happens for this task, in order of time.
    package var steps: [PlannedStep] {
        let end = duration + delay
        var steps = progressDeliveries.indices.map { index in
            let late = isReordered && index == progressDeliveries.count - 1
            return PlannedStep(
                offset: late ? end + copyGap : duration * ProgressEvent.all[index].moment,
                action: .progress(index, late: late)
            )
        }
        steps.append(isLost ? PlannedStep(offset: duration, action: .lose) : PlannedStep(offset: end, action: .final))
        steps += (0..<copies).map { PlannedStep(offset: end + copyGap * ($0 + 1), action: .copy) }
        if let forgedAfter { steps.append(PlannedStep(offset: forgedAfter, action: .forge)) }
        // By hand: the standard library does not promise that its sort is stable.
        return steps.enumerated().sorted { ($0.element.offset, $0.offset) < ($1.element.offset, $1.offset) }.map(\.element)
    }

    /// Where the task stands so long after its upload.
    package func state(after elapsed: Duration) -> CeleryState {
        switch elapsed {
        case ..<(duration * 0.1): .pending
        case ..<(duration * 0.2): .started
        case ..<duration: .progress
        default: fails ? .failure : .success
        }
    }
}

/// Celery's own words for where a task stands, and PROGRESS, which Django projects add.
package enum CeleryState: String, Sendable, Hashable, CaseIterable {
    case pending = "PENDING"
    case started = "STARTED"
    case progress = "PROGRESS"
    case success = "SUCCESS"
    case failure = "FAILURE"

    package var isEnded: Bool { self == .success || self == .failure }
}
