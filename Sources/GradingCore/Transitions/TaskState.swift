/// What the database knows of a task before a report meets it.
package struct TaskState: Sendable, Equatable {
    package let task: TaskID
    package let student: StudentRowID
    package let session: SessionID
    package var status: TaskStatus
    /// How often the student has been submitted, from 1; a new task id each time.
    package let attempt: Int
    /// The highest run that the grading server's own reports of this task id have named; `nil` while they name none.
    package var reportedAttempt: Int?
    /// Whether the student has been submitted again under another task id since: this one is history.
    package let isSuperseded: Bool
    /// SHA-256 of the result that stands; `nil` when there is none, or when the web app wrote it.
    package var resultHash: [UInt8]?
    /// When the grading server last gave a sign of life about the task.
    package var lastSignalAt: Timestamp?
    /// When the task was first seen under way.
    package var firstProcessingAt: Timestamp?
    /// When the task first ended with a result; set once.
    package var gradedAt: Timestamp?
    /// Who told us of the status that stands; `nil` when it was not the monitor.
    package var learnedVia: ReportSource?

    package init(
        task: TaskID,
        student: StudentRowID,
        session: SessionID,
        status: TaskStatus,
        attempt: Int = 1,
        reportedAttempt: Int? = nil,
        isSuperseded: Bool = false,
        resultHash: [UInt8]? = nil,
        lastSignalAt: Timestamp? = nil,
        firstProcessingAt: Timestamp? = nil,
        gradedAt: Timestamp? = nil,
        learnedVia: ReportSource? = nil
    ) {
        self.task = task
        self.student = student
        self.session = session
        self.status = status
        self.attempt = attempt
        self.reportedAttempt = reportedAttempt
        self.isSuperseded = isSuperseded
        self.resultHash = resultHash
        self.lastSignalAt = lastSignalAt
        self.firstProcessingAt = firstProcessingAt
        self.gradedAt = gradedAt
        self.learnedVia = learnedVia
    }
}
