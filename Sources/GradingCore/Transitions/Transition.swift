import Crypto

/// What a report does to a task: the one transition function, whatever the report's source.
///
/// Statuses go forward: PENDING → PROCESSING → COMPLETED | FAILED | REQUIRES_REVIEW. An ending with a result is never
/// overwritten by a machine; FAILED gives way to a result of the same attempt, since a grade is worth more than an error.
package enum Transition: Sendable, Equatable {
    /// The status changes.
    case move(to: TaskStatus)
    /// The status stands, and the grading server has shown that the task is alive.
    case signal
    /// The same ending again.
    case duplicate
    /// Backwards, or overtaken by newer news.
    case stale
    /// Speaks of a run that a later attempt has replaced.
    case olderAttempt
    /// A second, different ending.
    case conflict

    package init(_ state: TaskState, meeting report: TaskReport) {
        guard !state.isSuperseded, report.attempt ?? .max >= state.reportedAttempt ?? 0 else {
            self = .olderAttempt
            return
        }
        guard case .known(let reported) = report.meaning else {
            self = .signal
            return
        }
        let target = reported == .completed && report.reviewReason != nil ? .requiresReview : reported
        self =
            switch state.status {
            case .pending, .processing: Self.whileOpen(state, target, report)
            case .failed: Self.afterFailure(state, target, report)
            case .completed, .requiresReview, .approved, .rejected: Self.afterResult(state, target, report)
            }
    }

    /// A result is welcome even from an answer that a signal has overtaken; a failure is not, for the task was alive since.
    private static func whileOpen(_ state: TaskState, _ target: TaskStatus, _ report: TaskReport) -> Transition {
        switch target {
        case .pending: state.status == .pending ? .signal : .stale
        case .processing: state.status == .processing ? .signal : .move(to: .processing)
        case .failed: report.wasOvertaken(by: state) ? .stale : .move(to: .failed)
        case .completed, .requiresReview, .approved, .rejected: .move(to: target)
        }
    }

    private static func afterFailure(_ state: TaskState, _ target: TaskStatus, _ report: TaskReport) -> Transition {
        if target.isOpen || report.wasOvertaken(by: state) { return .stale }
        return target == .failed ? .duplicate : .move(to: target)
    }

    private static func afterResult(_ state: TaskState, _ target: TaskStatus, _ report: TaskReport) -> Transition {
        if target.isOpen || report.wasOvertaken(by: state) { return .stale }
        if target == .failed { return .conflict }
        // A result that the web app stored itself cannot be compared: it stands.
        guard let standing = state.resultHash else { return .stale }
        return standing == report.resultHash ? .duplicate : .conflict
    }
}

extension TaskReport {
    /// Why a completed report holds no grade; `nil` when it does, or when it is not about an ending.
    package var reviewReason: String? {
        guard meaning == .known(.completed) else { return nil }
        guard let result else { return "the report says completed and carries no result" }
        if case .needsReview(let reason) = result.assessment { return reason }
        return nil
    }

    /// SHA-256 of the result as received, of no bytes when there is none: what tells one ending from another.
    var resultHash: [UInt8] {
        Array(SHA256.hash(data: result?.raw ?? []))
    }

    /// Whether this is the answer to a question that was sent before the grading server's last signal: that signal wins.
    func wasOvertaken(by state: TaskState) -> Bool {
        guard provenance.source != .callback, let lastSignalAt = state.lastSignalAt else { return false }
        return lastSignalAt > provenance.observedAt
    }
}
