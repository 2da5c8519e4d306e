/// When to try again after a connection could not be had. Until then every caller is told at once.
struct ReconnectBackoff: Sendable {
    private static let first = Duration.milliseconds(100)
    private static let longest = Duration.seconds(2)

    private var failures = 0
    private var retryAt: ContinuousClock.Instant?
    private(set) var reason = ""

    mutating func succeeded() { self = ReconnectBackoff() }

    /// - Parameter random: 0 up to 1; instances that lost the same server do not come back in step.
    mutating func failed(_ reason: String, at now: ContinuousClock.Instant = .now, random: Double = .random(in: 0..<1)) {
        let wait = min(Self.first * (1 << min(failures, 10)), Self.longest)
        failures += 1
        retryAt = now + wait * (0.5 + random / 2)
        self.reason = reason
    }

    func allowsTry(at now: ContinuousClock.Instant = .now) -> Bool { retryAt.map { $0 <= now } ?? true }
}
