/// How many students of a session stand where.
package struct StudentCounts: Sendable, Equatable {
    /// Students without a task id count here too.
    package var pending = 0
    package var processing = 0
    package var failed = 0
    /// Ended with something to show: COMPLETED, REQUIRES_REVIEW, APPROVED, REJECTED.
    package var completed = 0

    package init(pending: Int = 0, processing: Int = 0, failed: Int = 0, completed: Int = 0) {
        self.pending = pending
        self.processing = processing
        self.failed = failed
        self.completed = completed
    }

    package var total: Int { pending + processing + failed + completed }

    /// Counts `number` students that stand at `status`.
    package mutating func add(_ number: Int, at status: TaskStatus) {
        switch status {
        case .pending: pending += number
        case .processing: processing += number
        case .failed: failed += number
        case .completed, .requiresReview, .approved, .rejected: completed += number
        }
    }
}

/// A session and where its students stand.
package struct SessionSummary: Sendable, Equatable {
    package let id: SessionID
    package let status: SessionStatus
    package let students: StudentCounts

    package init(id: SessionID, status: SessionStatus, students: StudentCounts) {
        self.id = id
        self.status = status
        self.students = students
    }
}
