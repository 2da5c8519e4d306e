/// Who told us: the same three words in logs, changes, events and statistics.
package enum ReportSource: String, Sendable, Hashable, CaseIterable {
    /// The grading server pushed a signed callback.
    case callback
    /// The reconciliation sweep asked.
    case sweep
    /// A person or the web app asked for this one task.
    case manual

    /// The word in `session_logs.context`, as the web app writes it.
    package var logContext: String { self == .sweep ? "reconciliation" : rawValue }
}
