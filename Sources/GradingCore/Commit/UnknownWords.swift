import Logging
import Metrics
import Synchronization

/// Counts the status words that are not in the vocabulary, and logs each once: an operator can then teach them.
final class UnknownWords: Sendable {
    /// A sender that makes up words must not fill the memory.
    private static let maximum = 1_000

    private let seen = Mutex(UnknownWordCounts())
    private let counter = Counter(label: "grading_unknown_status_words_total")
    private let logger: Logger

    init(logger: Logger) {
        self.logger = logger
    }

    var counts: UnknownWordCounts { seen.withLock { $0 } }

    func note(_ word: String) {
        counter.increment()
        guard seen.withLock({ $0.add(word, ofAtMost: Self.maximum) }) else { return }
        logger.warning(
            "The grading server used a status word that is not in the vocabulary; it changes no status",
            metadata: ["word": "\(word)", "remedy": "map it with STATUS_WORDS"]
        )
    }
}

/// How often this process has met words that are not in the vocabulary.
package struct UnknownWordCounts: Sendable, Equatable {
    /// Those of words that were not kept, too.
    package private(set) var total = 0
    /// By word.
    package private(set) var words: [String: Int] = [:]

    package init() {}

    /// Returns whether the word is new.
    fileprivate mutating func add(_ word: String, ofAtMost maximum: Int) -> Bool {
        total += 1
        if let count = words[word] {
            words[word] = count + 1
            return false
        }
        guard words.count < maximum else { return false }
        words[word] = 1
        return true
    }
}
