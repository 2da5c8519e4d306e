import Synchronization

/// Spaces the starts of requests evenly: one each `1 / requestsPerSecond`, first come first served, no bursts.
///
/// Turns are points on a time line, handed out ahead. A sleeper that wakes late takes nothing from those behind it, so the
/// rate holds; time in which nobody asked is not saved up.
final class RequestPacer: Sendable {
    private let spacing: Duration
    private let clock: any Clock<Duration>
    private let stopwatch: Stopwatch
    private let nextTurn = Mutex(Duration.zero)

    /// - Parameter requestsPerSecond: 0 or less means no pacing.
    init(requestsPerSecond: Double, clock: any Clock<Duration>) {
        self.spacing = requestsPerSecond > 0 ? .seconds(1 / requestsPerSecond) : .zero
        self.clock = clock
        self.stopwatch = Stopwatch(clock)
    }

    /// Returns when the request may start. Throws when the caller is cancelled; its turn is then lost.
    func waitForTurn() async throws(CancellationError) {
        guard !Task.isCancelled else { throw CancellationError() }
        let now = stopwatch.elapsed()
        let turn = nextTurn.withLock { next in
            let turn = max(now, next)
            next = turn + spacing
            return turn
        }
        guard turn > now else { return }
        do {
            try await clock.sleep(for: turn - now)
        } catch {
            throw CancellationError()
        }
    }
}
