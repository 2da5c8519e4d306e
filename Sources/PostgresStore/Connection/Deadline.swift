/// A point in time after which an answer is no longer waited for.
struct Deadline: Sendable {
    private let instant: ContinuousClock.Instant

    init(in duration: Duration) {
        instant = .now + duration
    }

    var isOver: Bool { remaining <= .zero }

    var remaining: Duration { ContinuousClock.now.duration(to: instant) }

    /// For `poll`: whole milliseconds, rounded up; 0 when it is over.
    var pollMilliseconds: Int32 {
        let (seconds, attoseconds) = max(remaining, .zero).components
        return Int32(clamping: seconds * 1_000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
