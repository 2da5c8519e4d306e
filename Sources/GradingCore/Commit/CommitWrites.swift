/// A change to the delivery ledger.
package enum DeliveryWrite: Sendable, Equatable {
    /// A delivery that was not known.
    case remember(Delivery, task: TaskID, disposition: Disposition)
    /// A delivery whose task does not exist yet: kept with its report.
    case park(Delivery, report: TaskReport)
    /// A parked delivery has met its task.
    case settle(id: String, disposition: Disposition)
    /// Another body has come under a known id.
    case markConflict(id: String)
}

/// A task after the batch. The status columns are written only when the status moved.
package struct TaskWrite: Sendable, Equatable {
    package var state: TaskState
    /// When to ask about it if nothing more is heard; `nil` when it has ended.
    package var nextCheckAt: Timestamp?
    /// What the last move in the batch brought; `nil` when the batch brought signals only.
    package var move: TaskMove?
}

/// What a move of status brings with it.
package struct TaskMove: Sendable, Equatable {
    /// The status as the grading server said it.
    package let word: String
    /// The result to store; `nil` leaves what is there.
    package let result: GradingResult?
    /// The grading server's error text.
    package let error: String?
    package let needsReview: Bool
}

/// A row for the session's log.
package struct LogWrite: Sendable, Equatable {
    package let session: SessionID
    package let student: StudentRowID
    package let level: LogLevel
    package let message: String
    package let source: ReportSource

    package init(session: SessionID, student: StudentRowID, level: LogLevel, message: String, source: ReportSource) {
        self.session = session
        self.student = student
        self.level = level
        self.message = message
        self.source = source
    }
}

/// A row for the change feed.
package struct TaskChange: Sendable, Equatable {
    package let task: TaskID
    package let student: StudentRowID
    package let session: SessionID
    package let from: TaskStatus
    package let to: TaskStatus
    package let source: ReportSource

    package init(
        task: TaskID,
        student: StudentRowID,
        session: SessionID,
        from: TaskStatus,
        to: TaskStatus,
        source: ReportSource
    ) {
        self.task = task
        self.student = student
        self.session = session
        self.from = from
        self.to = to
        self.source = source
    }
}
