import GradingCore
import Synchronization

/// When this instance last noted that a key was used: once a minute is enough, and spares most batches a write.
final class KeyUses: Sendable {
    private static let interval = Duration.seconds(60)
    private let notedAt = Mutex<[String: Timestamp]>([:])

    /// Those of `keys` whose use has not been noted for a minute, sorted.
    func due(_ keys: Set<String>, at now: Timestamp) -> [String] {
        notedAt.withLock { notedAt in
            keys.filter { key in
                guard let last = notedAt[key] else { return true }
                // Negative: the clock was set back.
                return !(.zero..<Self.interval).contains(last.duration(to: now))
            }
        }.sorted()
    }

    /// After the commit.
    func noted(_ keys: [String], at now: Timestamp) {
        guard !keys.isEmpty else { return }
        notedAt.withLock { notedAt in
            for key in keys { notedAt[key] = now }
        }
    }
}
