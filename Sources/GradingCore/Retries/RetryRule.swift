/// Whether a failed task may have another attempt.
package enum RetryRule: Sendable, Equatable {
    /// It goes back to PENDING as this attempt.
    case begin(attempt: Int)
    case exhausted
    /// It has not failed (any more), or another task id has taken its place.
    case notFailed
    /// Somebody asks about it at this moment, and the answer would be taken for the new attempt's.
    case underCheck

    /// - Parameters:
    ///   - leasedUntil: the end of the lease on its checks; `nil` when nobody holds one.
    ///   - maximum: attempts in all, the first one among them; 1 or more.
    package init(_ state: TaskState, leasedUntil: Timestamp?, maximum: Int, at now: Timestamp) {
        self =
            if state.status != .failed || state.isSuperseded { .notFailed } else if state.attempt >= maximum {
                .exhausted
            } else if let leasedUntil, leasedUntil > now { .underCheck } else { .begin(attempt: state.attempt + 1) }
    }
}

extension LogWrite {
    /// What is left of the attempt that failed: its end, in the log.
    package init(attempt: Int, of maximum: Int, after state: TaskState, lastError: String?, source: ReportSource) {
        let reason = lastError.map { ": \($0)" } ?? ""
        self.init(
            session: state.session,
            student: state.student,
            level: .info,
            message: "Task \(state.task): attempt \(attempt) of \(maximum) begins; attempt \(state.attempt) failed\(reason)",
            source: source
        )
    }
}

extension TaskChange {
    /// Back to PENDING.
    package init(retryOf state: TaskState, source: ReportSource) {
        self.init(
            task: state.task,
            student: state.student,
            session: state.session,
            from: .failed,
            to: .pending,
            source: source
        )
    }
}
