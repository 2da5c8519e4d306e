import Logging
import Metrics
import Synchronization

/// Counts the status words that are not in the vocabulary, and logs each once: an operator can then teach them.
final class UnknownWords: Sendable {
    /// A sender that makes up words must not fill the memory.
    private static let maximum = 1_000

    private let seen = Mutex<Set<String>>([])
    private let counter = Counter(label: "grading_unknown_status_words_total")
    private let logger: Logger

    init(logger: Logger) {
        self.logger = logger
    }

    func note(_ word: String) {
        counter.increment()
        let isNew = seen.withLock { $0.count < Self.maximum && $0.insert(word).inserted }
        guard isNew else { return }
        logger.warning(
            "The grading server used a status word that is not in the vocabulary; it changes no status",
            metadata: ["word": "\(word)", "remedy": "map it with STATUS_WORDS"]
        )
    }
}
