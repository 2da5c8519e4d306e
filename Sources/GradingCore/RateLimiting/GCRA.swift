/// The generic cell rate algorithm (ITU-T I.371, "virtual scheduling"), of which a client's whole state is one number: the
/// theoretical arrival time (TAT), the moment at which its quota is whole again. All times in microseconds since the epoch.
///
/// A store that counts for several instances computes the same in one statement, from ``emission``, ``window``, `now` and
/// the `tat` in the client's row (`now` where there is none), and hands the two results to
/// ``decision(tat:isAllowed:now:)``:
///
///     current = least(greatest(tat, now), now + window)
///     next    = current + emission
///     allowed = next - now <= window
///     kept    = CASE WHEN allowed THEN next ELSE current END      -- the row's new tat
package struct GCRA: Sendable {
    /// The limit's window, less what does not divide by its quota.
    package let window: Int64
    /// What one request costs: the time in which one is earned back.
    package let emission: Int64

    package init(_ limit: RateLimit) {
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
        return (kept, decision(tat: kept, isAllowed: isAllowed, now: now))
    }

    /// What to tell a client.
    /// - Parameters:
    ///   - tat: what its request has left behind, from `now` to `now + window`.
    ///   - isAllowed: whether the request may pass.
    package func decision(tat: Int64, isAllowed: Bool, now: Int64) -> RateLimitDecision {
        RateLimitDecision(
            isAllowed: isAllowed,
            remaining: Int((now + window - tat) / emission),
            resetAfter: .microseconds(tat - now),
            retryAfter: isAllowed ? .zero : .microseconds(tat + emission - window - now)
        )
    }
}
