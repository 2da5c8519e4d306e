/// Where the students of a session stand, as far as the session's status depends on it.
///
/// Four yes-or-no answers and no counts, so that an index answers them at the same cost for 20 students and for 20,000.
package struct StudentPresence: Sendable, Equatable {
    /// Somebody waits: PENDING, or open without a task id.
    package var pending: Bool
    package var processing: Bool
    package var failed: Bool
    /// Somebody has ended with a result: COMPLETED, REQUIRES_REVIEW, APPROVED, REJECTED.
    package var graded: Bool

    package init(pending: Bool, processing: Bool, failed: Bool, graded: Bool) {
        self.pending = pending
        self.processing = processing
        self.failed = failed
        self.graded = graded
    }

    /// Counts one more student in, who bears a task id.
    package mutating func insert(studentWithTask status: TaskStatus) {
        switch status {
        case .pending: pending = true
        case .processing: processing = true
        case .failed: failed = true
        case .completed, .requiresReview, .approved, .rejected: graded = true
        }
    }
}

/// The status of a session, from all its students.
package enum SessionRollUp {
    /// All FAILED is FAILED; all ended is COMPLETED; any under way or ended is PROCESSING; else PENDING.
    /// A cancelled session, and one without students, stays as it is.
    package static func status(of students: StudentPresence, current: SessionStatus) -> SessionStatus {
        if current == .cancelled { return current }
        switch (open: students.pending || students.processing, ended: students.failed || students.graded) {
        case (open: false, ended: false): return current
        case (open: false, ended: true): return students.graded ? .completed : .failed
        case (open: true, ended: true): return .processing
        case (open: true, ended: false): return students.processing ? .processing : .pending
        }
    }

    /// The share of a session's students that have passed is counted from this percentage on.
    package static let passMark = 50.0
}
