/// What is known about a student's exam. The raw value is the word in the web app's database.
package enum TaskStatus: String, Sendable, Hashable, CaseIterable {
    case pending = "PENDING"
    case processing = "PROCESSING"
    case completed = "COMPLETED"
    case failed = "FAILED"
    /// Ended, but without a grade that a person should trust unseen.
    case requiresReview = "REQUIRES_REVIEW"
    /// Set by a person in the web app (second generation).
    case approved = "APPROVED"
    /// Set by a person in the web app (second generation).
    case rejected = "REJECTED"

    /// Whether the grading server may still have news of the task.
    package var isOpen: Bool { self == .pending || self == .processing }

    /// The status to store in a schema that may lack REQUIRES_REVIEW: then it is COMPLETED, with a warning in the log and the mark
    /// that it needs a review.
    package func stored(hasReviewStatus: Bool) -> TaskStatus {
        self == .requiresReview && !hasReviewStatus ? .completed : self
    }

    /// Whether the task has ended with something to show: anything ended but FAILED.
    package var hasResult: Bool { !isOpen && self != .failed }
}
