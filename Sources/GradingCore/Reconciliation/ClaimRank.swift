/// Which of the due tasks is asked about first: the one that has been due the longest, where each step of priority counts as
/// ``step`` of being overdue.
///
/// So a task waits for a later one of higher priority only if that became due within `(p' - p) · step` after it, and the rest
/// never starve. Of a task with priority `p` that is due at `d`, with `B` tasks before it at that moment, the wait is at most
///
///     B / rate + A((9 - p) · step) / rate
///
/// where `A(t)` is the number of tasks of higher priority that become due within `t` after `d`. As long as no more become due
/// than can be asked (`A(t) ≤ rate · t`), that is `B / rate + (9 - p) · step`.
package struct ClaimRank: Sendable, Equatable {
    /// What one step of priority is worth, 0 or more.
    package let step: Duration

    /// What one step is worth unless set otherwise: priority 9 is asked before what is ordinary (5) and due up to 4 h earlier.
    package static let standardStep = Duration.seconds(3_600)

    /// The priorities that there are; 9 is asked about first.
    package static let priorities = 0...9

    package init(step: Duration = standardStep) {
        self.step = step
    }

    /// The key by which claims are ordered, the least first.
    package func key(dueAt: Timestamp, priority: Int) -> Timestamp {
        dueAt.advanced(by: .zero - step * priority)
    }
}
