/// When a callback that was not delivered is sent again: exponential backoff with jitter, and a cap.
package struct RetryPolicy: Sendable, Equatable {
    /// All tries together, from 1. Default 10: with the other defaults, about two minutes.
    package var maximumAttempts = 10
    /// The longest wait after the first try. Default half a second; it doubles with every try.
    package var base = Duration.milliseconds(500)
    /// No wait is longer. Default 30 seconds.
    package var cap = Duration.seconds(30)

    package init() {}

    /// The wait after a try: between half of the full wait and all of it, so that senders that failed together come back apart.
    /// - Parameters:
    ///   - attempt: the try that failed, from 1.
    ///   - retryAfter: what the receiver asked for; honoured up to ``cap``.
    package func delay(
        after attempt: Int,
        retryAfter: Duration? = nil,
        using random: inout some RandomNumberGenerator
    ) -> Duration {
        // 2^20 half seconds are far beyond any cap; the bound keeps the shift from overflowing.
        let full = min(cap, base * (1 << min(max(attempt, 1) - 1, 20)))
        let jittered = full * Double.random(in: 0.5...1, using: &random)
        return min(cap, max(jittered, retryAfter ?? .zero))
    }
}
