/// What one sweep did.
package struct SweepSummary: Sendable, Equatable {
    /// Tasks that the grading server was asked about.
    package var tasksProcessed = 0
    /// Answers that changed a status.
    package var tasksUpdated = 0
    /// Checks that brought no committed answer.
    package var errors = 0
    /// Sessions whose status was behind their students.
    package var sessionsUpdated = 0
    /// Parked callbacks whose task has appeared since.
    package var parkedApplied = 0
    /// Whether the grading server is asked, or left alone: the sweep then ended before all was asked.
    package var gradingServer = CircuitBreaker.State.closed
    /// Whether its time was up before it had asked about all that was due.
    package var isCutShort = false
    /// Whether this answer is that of a sweep which was under way already.
    package var isJoined = false
    /// Taken after the sweep.
    package var open = OpenWork()

    package init() {}

    /// Whether there is anything worth a line in the log.
    var isEventful: Bool {
        tasksProcessed + errors + sessionsUpdated + parkedApplied > 0
    }
}
