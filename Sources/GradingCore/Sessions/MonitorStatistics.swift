/// The figures of `GET /api/monitoring/stats`.
package struct MonitorStatistics: Sendable, Equatable {
    package var open = OpenWork()
    package var sessions = 0
    /// Students that have ended with a result.
    package var studentsGraded = 0
    package var studentsFailed = 0
    package var requiresReview = 0
    /// Open tasks that seem to be lost: see ``LossPolicy``.
    package var lost = 0
    /// Mean percentage (0 to 100) of the graded students; `nil` before the first.
    package var averageScore: Double?
    package var oldestPending: OldestPendingTask?
    /// Ended tasks by who told us.
    package var endedBy: [ReportSource: Int] = [:]
    /// Deliveries still remembered, by what became of them.
    package var deliveries: [Disposition: Int] = [:]
    /// Open tasks whose last check failed.
    package var failing = FailingTasks()

    package init() {}
}

/// The task that has waited longest.
package struct OldestPendingTask: Sendable, Equatable {
    package let task: TaskID
    package let studentName: String
    package let createdAt: Timestamp

    package init(task: TaskID, studentName: String, createdAt: Timestamp) {
        self.task = task
        self.studentName = studentName
        self.createdAt = createdAt
    }
}
