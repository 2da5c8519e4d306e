import FoundationEssentials

/// What time it is, passed in so that tests decide it. Waiting uses an injected `Clock` instead.
package struct WallClock: Sendable {
    /// The present instant.
    package let now: @Sendable () -> Timestamp

    package init(now: @escaping @Sendable () -> Timestamp) {
        self.now = now
    }

    /// The machine's own clock.
    package static let system = WallClock { Timestamp(Date()) }
}
