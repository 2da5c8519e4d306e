/// When to try again after a connection could not be had. Until then every caller is told at once, and then one tries for all.
struct ReconnectBackoff: Sendable {
    /// A try to connect, from ``begin(at:)`` until it succeeded or failed.
    struct Attempt: Sendable {
        fileprivate let failuresBefore: Int
    }

    private static let first = Duration.milliseconds(100)
    /// So short that a server which is back is found in no time, and long enough that one which is gone is left alone.
    private static let longest = Duration.milliseconds(500)
    /// A try that hangs keeps the others from theirs for so long.
    private static let patience = Duration.seconds(1)

    private var failures = 0
    /// `nil` while nothing has failed: then everybody may connect.
    private var retryAt: ContinuousClock.Instant?
    /// What the last failure was.
    private(set) var reason = ""

    /// `nil` when it is not time to try.
    mutating func begin(at now: ContinuousClock.Instant = .now) -> Attempt? {
        if let retryAt {
            guard retryAt <= now else { return nil }
            self.retryAt = now + Self.patience
        }
        return Attempt(failuresBefore: failures)
    }

    mutating func succeeded() { self = ReconnectBackoff() }

    /// Of several that were under way at once and failed for the same reason, the first counts.
    ///
    /// - Parameter random: 0 up to 1; instances that lost the same server do not come back in step.
    mutating func failed(
        _ attempt: Attempt,
        _ reason: String,
        at now: ContinuousClock.Instant = .now,
        random: Double = .random(in: 0..<1)
    ) {
        guard attempt.failuresBefore == failures else { return }
        let wait = min(Self.first * (1 << min(failures, 10)), Self.longest)
        failures += 1
        retryAt = now + wait * (0.5 + random / 2)
        self.reason = reason
    }
}
