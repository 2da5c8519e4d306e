/// What is known about a grading session. Its word in the database depends on the web app's generation: ``SessionWords``.
package enum SessionStatus: Sendable, Hashable, CaseIterable {
    case pending
    case processing
    case completed
    case failed
    /// Set by a person in the web app; never changed by the monitor.
    case cancelled
}

/// How the database in use spells a ``SessionStatus``.
package struct SessionWords: Sendable, Equatable {
    private let processing: String

    /// First generation: a session under way is `IN_PROGRESS`.
    package static let firstGeneration = SessionWords(processing: "IN_PROGRESS")
    /// Second generation: a session under way is `PROCESSING`.
    package static let secondGeneration = SessionWords(processing: "PROCESSING")

    private init(processing: String) {
        self.processing = processing
    }

    package func word(for status: SessionStatus) -> String {
        switch status {
        case .pending: "PENDING"
        case .processing: processing
        case .completed: "COMPLETED"
        case .failed: "FAILED"
        case .cancelled: "CANCELLED"
        }
    }

    /// `nil` for a word that no session of this generation has.
    package func status(for word: String) -> SessionStatus? {
        SessionStatus.allCases.first { self.word(for: $0) == word }
    }
}
