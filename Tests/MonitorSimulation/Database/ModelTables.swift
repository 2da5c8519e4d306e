package import GradingCore

/// A row of `students`.
package struct ModelStudent: Sendable, Equatable {
    package let row: StudentRowID
    package let session: SessionID
    package let name: String
    package let studentID: String?
    package var task: String?
    package var status: TaskStatus
    package var totalScore: Double?
    package var maxScore: Double?
    package var percentage: Double?
    package var rawResult: String?
    package var gradedAt: Timestamp?
    package let createdAt: Timestamp
    package var updatedAt: Timestamp

    package init(
        _ row: StudentRowID,
        in session: SessionID,
        name: String,
        studentID: String?,
        task: String?,
        status: TaskStatus = .pending,
        createdAt: Timestamp,
        updatedAt: Timestamp
    ) {
        self.row = row
        self.session = session
        self.name = name
        self.studentID = studentID
        self.task = task
        self.status = status
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    mutating func clearResult() {
        totalScore = nil
        maxScore = nil
        percentage = nil
        rawResult = nil
    }
}

/// A row of `grading_sessions`.
package struct ModelSession: Sendable, Equatable {
    package let id: SessionID
    package var status: SessionStatus
    package var startedAt: Timestamp?
    package var completedAt: Timestamp?
    /// What the monitor was told of its urgency.
    package var priority: Int?
}

/// A row of the monitor's own table of tasks.
package struct ModelTask: Sendable, Equatable {
    package let task: TaskID
    package var student: StudentRowID
    package var attempt = 1
    package var reportedAttempt: Int?
    package var priority = TaskRegistration.ordinaryPriority
    package var lastSignalAt: Timestamp?
    package var firstProcessingAt: Timestamp?
    package var nextCheckAt: Timestamp?
    package var consecutiveErrors = 0
    package var leaseOwner: String?
    package var leaseExpiresAt: Timestamp?
    package var lastError: String?
    package var learnedVia: ReportSource?
    package var needsReview = false
    package var resultHash: [UInt8]?
    package var loss: Loss?
    package var quietChecks = 0
    package var quietSince: Timestamp?
    package var isPutOff = false
    package var lateBy: Duration?

    package init(_ task: TaskID, of student: StudentRowID) {
        self.task = task
        self.student = student
    }

    /// Those since the last sign of life.
    var currentQuietChecks: Int { quietSince == lastSignalAt ? quietChecks : 0 }

    mutating func endLease() {
        leaseOwner = nil
        leaseExpiresAt = nil
    }
}

/// A row of the delivery ledger.
package struct ModelDelivery: Sendable {
    package let delivery: Delivery
    package let task: TaskID
    package let receivedAt: Timestamp
    package var disposition: Disposition
    package var hasConflict = false
    /// While it is parked.
    package var report: TaskReport?
}
