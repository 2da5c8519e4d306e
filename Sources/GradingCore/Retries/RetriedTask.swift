/// What became of one failed student's task.
package struct RetriedTask: Sendable, Equatable {
    /// The raw value is the word in the API's answer.
    package enum Outcome: String, Sendable, Hashable, CaseIterable {
        /// Back at PENDING, as a new attempt.
        case retried
        /// The grading server has a result, or the task has ended otherwise: nothing to begin.
        case recovered
        /// It had as many attempts as are allowed.
        case exhausted
        /// The grading server could not be asked: still FAILED, try again.
        case unanswered
        /// It was submitted again, and the grading server did not take it, or did not say so: FAILED, one attempt later.
        case refused
        /// Somebody else was faster.
        case overtaken
    }

    /// The one that failed.
    package let task: TaskID
    package let student: StudentRowID
    package let studentName: String
    /// The one that stands now, from 1.
    package var attempt: Int
    package var outcome: Outcome
    /// The task id that the grading server gave the new attempt, where it is another one.
    package var newTask: TaskID?
    /// Why it was refused; for people, no URL in it.
    package var reason: String?

    init(_ failed: TaskSnapshot, attempt: Int? = nil, _ outcome: Outcome, newTask: TaskID? = nil, reason: String? = nil) {
        task = failed.task
        student = failed.student
        studentName = failed.studentName
        self.attempt = attempt ?? failed.attempt
        self.outcome = outcome
        self.newTask = newTask
        self.reason = reason
    }
}

/// What became of a retry of one task by its id.
package enum TaskRetryOutcome: Sendable, Equatable {
    case done(RetriedTask)
    /// Only what has failed can be retried.
    case notFailed(TaskStatus)
    case noSuchTask
}
