/// What the grading server's status words mean: Celery's states, the grading server's own, and its progress events.
package struct StatusVocabulary: Sendable {
    private var meanings: [String: TaskStatus]

    package static let standard = StatusVocabulary(meanings: [:])
        .adding(["PENDING", "RECEIVED", "QUEUED", "INITIALIZED", "WAITING"], meaning: .pending)
        .adding(["PROCESSING", "PROCESSING_PDF", "PROGRESS", "STARTED", "RETRY", "IN_PROGRESS", "GRADING"], meaning: .processing)
        .adding(progressEvents, meaning: .processing)
        .adding(["SUCCESS", "COMPLETED", "GRADED", "READY"], meaning: .completed)
        .adding(["FAILURE", "FAILED", "ERROR", "REVOKED", "REJECTED", "CANCELLED", "ABORTED"], meaning: .failed)

    /// Events inside a run. None of them ends a task, whatever its name suggests.
    private static let progressEvents = [
        "PAGE_ANALYSIS_START", "PAGE_ANALYSIS_COMPLETE", "PAGE_ANALYSIS_ERROR", "GRADING_PART_START", "GRADING_PART_COMPLETE",
        "MISSING_GUIDE_INFO", "WARNING", "INFO", "DEBUG_INFO", "ALL_PAGES_COMPLETE", "FINAL_RESULTS_COMPILED",
    ]

    /// The table extended (or overridden) by the operator.
    /// - Parameter words: ASCII words in any case, each with PENDING, PROCESSING, COMPLETED or FAILED. Other statuses are
    ///   not a machine's to report and are left out.
    package func extended(with words: [String: TaskStatus]) -> StatusVocabulary {
        words.reduce(self) { vocabulary, entry in
            switch entry.value {
            case .pending, .processing, .completed, .failed: vocabulary.adding([entry.key], meaning: entry.value)
            case .requiresReview, .approved, .rejected: vocabulary
            }
        }
    }

    /// What a word means, whatever the case of its ASCII letters. Longer than 64 characters, or not printable ASCII: unknown.
    package func meaning(of word: String) -> ReportedStatus {
        // ASCII only: Swift's strings compare by canonical equivalence, and U+212A (Kelvin) is canonically a K.
        guard StatusWord.isPlain(word) else { return .unknown }
        return meanings[word.uppercased()].map(ReportedStatus.known) ?? .unknown
    }

    private func adding(_ words: [String], meaning: TaskStatus) -> StatusVocabulary {
        var extended = self
        for word in words { extended.meanings[word.uppercased()] = meaning }
        return extended
    }
}
