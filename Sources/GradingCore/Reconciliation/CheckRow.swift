/// What a check leaves in the session's log, apart from what a change of status leaves there.
///
/// One row when the checks of a task begin to fail, one when they work again (or the row of its end), one when it seems lost:
/// an outage of the grading server must not fill the log with the same error. In between there are counters.
package struct CheckRow: Sendable, Equatable {
    package let level: LogLevel
    /// Without the task's id.
    package let message: String
}

extension CheckFailure {
    /// `nil` when the log says already that checks fail.
    package var row: CheckRow? {
        if claim.consecutiveErrors == 0 { return CheckRow(level: .error, message: "check failed: \(reason)") }
        guard let loss, claim.trace.standingLoss == nil else { return nil }
        return CheckRow(level: .warning, message: loss.notice)
    }
}

extension CheckAnswer {
    /// `nil` when there is nothing to tell that the log does not have already.
    package var row: CheckRow? {
        guard !changedStatus else { return nil }
        if let loss {
            return claim.trace.standingLoss == nil ? CheckRow(level: .warning, message: loss.notice) : nil
        }
        if claim.consecutiveErrors > 0 {
            return CheckRow(level: .info, message: "checks work again, after \(claim.consecutiveErrors) that failed")
        }
        return claim.trace.standingLoss == nil ? nil : CheckRow(level: .info, message: "not lost: the grading server works on it")
    }
}

extension Loss {
    fileprivate var notice: String { "seems to be lost: \(evidence.explanation)" }
}

extension LogWrite {
    package init(_ row: CheckRow, of task: TaskState, _ source: ReportSource) {
        self.init(
            session: task.session,
            student: task.student,
            level: row.level,
            message: "Task \(task.task): \(row.message)",
            source: source
        )
    }
}
