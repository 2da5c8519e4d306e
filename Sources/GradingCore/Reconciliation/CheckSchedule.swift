/// When the grading server is to be asked about a task that it says nothing more about.
///
/// The time is stored with the task whenever it changes, so that an index finds what is due.
package struct CheckSchedule: Sendable, Equatable {
    /// A task is due when its last signal is at least this old; 0 or more.
    package let grace: Duration

    package init(grace: Duration) {
        self.grace = grace
    }

    /// When a task is due that is heard of now for the last time; `nil` when there is nothing to ask any more.
    package func nextCheck(of status: TaskStatus, signalledAt signal: Timestamp) -> Timestamp? {
        status.isOpen ? signal.advanced(by: grace) : nil
    }
}
