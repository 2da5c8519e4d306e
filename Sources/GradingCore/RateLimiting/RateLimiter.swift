import Synchronization

/// GCRA over a bounded table of clients, in this process's memory.
package final class RateLimiter: Sendable {
    private struct Key: Hashable, Sendable {
        let limit: String
        let client: String
    }

    private let table: Mutex<ClientTable<Key>>

    /// - Parameter maximumClients: the most clients remembered, counted for each limit they meet.
    package init(maximumClients: Int = 10_000) {
        table = Mutex(ClientTable(capacity: maximumClients))
    }

    /// Counts one request of this client against the limit. A request that is refused costs nothing.
    ///
    /// - Parameter now: the wall clock's time, so that a restart or a clock that is set back harms nobody for longer than
    ///   one request's share of the window.
    package func take(_ limit: RateLimit, client: String, now: Timestamp) -> RateLimitDecision {
        let key = Key(limit: limit.name, client: client)
        let gcra = GCRA(limit)
        let now = now.microseconds
        return table.withLock { table in
            let (tat, decision) = gcra.take(table.tat(of: key), now: now)
            table.forgetPast(now: now)
            table.set(tat, of: key)
            return decision
        }
    }
}
