/// The shapes in which grading servers announce the end of a task (see the wire formats).
package enum FinalShape: Sendable, Hashable, CaseIterable {
    /// `{"type":…,"timestamp":…,"data":{…}}` around a status.
    case envelope
    /// A status with a map of results.
    case status
    /// A status whose result is a total and a list of questions.
    case scored
    /// A progress event that says COMPLETED. A task that fails says so in the shape ``status``.
    case progress
}
