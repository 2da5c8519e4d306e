import Synchronization

/// Sessions whose row somebody else was found to hold for long: a transaction of the web app that was left open, another
/// instance that was stopped in the middle of one. Their reports are not waited for again, so that the others are not kept.
final class HeldSessions: Sendable {
    /// A session that no report touches any more is forgotten after this.
    private static let memory = Duration.seconds(10)
    private let until = Mutex<[String: Deadline]>([:])

    /// Those that are to be looked at before anybody waits for them.
    var known: Set<String> {
        until.withLock { until in
            if !until.isEmpty { until = until.filter { !$0.value.isOver } }
            return Set(until.keys)
        }
    }

    func note(held: Set<String>, free: Set<String>) {
        until.withLock { until in
            for session in free { until[session] = nil }
            for session in held { until[session] = Deadline(in: Self.memory) }
        }
    }
}
