/// The generic cell rate algorithm (ITU-T I.371, "virtual scheduling"), of which a client's whole state is one number: the
/// theoretical arrival time (TAT), the moment at which its quota is whole again. All times in microseconds since the epoch.
struct GCRA: Sendable {
    private let window: Int64
    /// What one request costs: the time in which one is earned back.
    private let emission: Int64

    init(_ limit: RateLimit) {
        let quota = Int64(max(1, limit.quota))
        // At most a year, so that no sum below can overflow.
        let asked = min(max(limit.window / .microseconds(1), 1), 3.2e13)
        emission = max(1, Int64(asked) / quota)
        window = emission * quota
    }

    /// - Parameter tat: what this client's last request left behind; `nil` for a client not seen before.
    func take(_ tat: Int64?, now: Int64) -> (tat: Int64, decision: RateLimitDecision) {
        // A TAT past `now + window` means that the clock was set back: the client waits for one request, not for the clock.
        let current = min(max(tat ?? now, now), now + window)
        let next = current + emission
        let isAllowed = next - now <= window
        let kept = isAllowed ? next : current
        let decision = RateLimitDecision(
            isAllowed: isAllowed,
            remaining: Int((now + window - kept) / emission),
            resetAfter: .microseconds(kept - now),
            retryAfter: isAllowed ? .zero : .microseconds(next - window - now)
        )
        return (kept, decision)
    }
}
