/// What became of a task id that another one was to take the place of.
package enum TaskReplacement: Sendable, Equatable {
    case replaced
    /// Another student bears the new id, or bore it, or this one did in an attempt before.
    case taken
    /// The attempt is not under way any more.
    case overtaken
}

/// What one transaction writes when the grading server has given a new attempt a task id of its own.
///
/// Pure, as ``RegistrationPlan`` is: the former id becomes history, so that late reports under it change nothing.
package struct ReplacementPlan: Sendable {
    package let outcome: TaskReplacement
    /// Empty unless the task is replaced.
    package private(set) var writes = RegistrationWrites()

    /// - Parameters:
    ///   - state: of the former task, locked.
    ///   - attempt: the one that has begun under the former id.
    ///   - priority: of the former task; `nil` for the session's.
    ///   - registration: who bears the new id.
    package init(
        _ state: TaskState?,
        attempt: Int,
        by new: TaskID,
        priority: Int?,
        in registration: RegistrationState,
        source: ReportSource,
        at now: Timestamp,
        _ schedule: CheckSchedule
    ) {
        guard let state, !state.isSuperseded, state.attempt == attempt, state.status.isOpen else {
            outcome = .overtaken
            return
        }
        guard registration.holders(of: new).isEmpty else {
            outcome = .taken
            return
        }
        outcome = .replaced
        writes.givenTasks = [GivenTask(student: state.student, task: new)]
        writes.tasks = [
            NewTask(
                task: new,
                student: state.student,
                attempt: attempt,
                priority: priority,
                nextCheckAt: schedule.nextCheck(of: state.status, signalledAt: now)
            )
        ]
        writes.logs = [
            LogWrite(
                session: state.session,
                student: state.student,
                level: .info,
                message: "Task \(new): the grading server took attempt \(attempt); it takes the place of task \(state.task)",
                source: source
            )
        ]
    }
}
