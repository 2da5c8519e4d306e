import GradingCore

/// A rule that the model database breaks on purpose, to show that the simulation finds it.
package enum Sabotage: String, Sendable, CaseIterable {
    /// Rule 2: an ended task is taken for one that is under way.
    case overwritesResults
    /// Rule 3: nobody remembers that a later attempt has begun.
    case acceptsOlderAttempts
    /// Rule 4: each delivery is new.
    case forgetsDeliveries
    /// Rule 5: `gradedAt` is that of the last move.
    case gradesAgain
    /// Rule 6: sessions stay behind their students until the next sweep.
    case rollsNothingUp
    /// Rule 7: nothing is written into the sessions' logs.
    case logsNothing
    /// Rule 9: a task is given to whoever asks, leased or not.
    case ignoresLeases
    /// Rule 9: whoever comes late from a check ends the lease of another.
    case endsAnyLease
    /// Rule 1: says that a batch is committed, now and then, and has lost it.
    case losesCommits
}

extension ModelDatabase {
    /// What a report is told of the task.
    func sabotaged(_ state: TaskState) -> TaskState {
        switch sabotage {
        case .overwritesResults where state.status.hasResult:
            var open = state
            open.status = .processing
            return open
        case .acceptsOlderAttempts:
            return TaskState(
                task: state.task,
                student: state.student,
                session: state.session,
                status: state.status,
                attempt: state.attempt,
                reportedAttempt: nil,
                isSuperseded: false,
                resultHash: state.resultHash,
                lastSignalAt: state.lastSignalAt,
                firstProcessingAt: state.firstProcessingAt,
                gradedAt: state.gradedAt,
                learnedVia: state.learnedVia
            )
        default:
            return state
        }
    }
}
