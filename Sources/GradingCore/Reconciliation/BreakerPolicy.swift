/// When the grading server is left alone, and for how long: see ``CircuitBreaker``.
package struct BreakerPolicy: Sendable, Equatable {
    /// Failures in a row that open it, 1 or more.
    package var failures: Int
    /// From opening, or from a probe that failed, to the next probe.
    package var interval: Duration

    package init(failures: Int = 5, interval: Duration = .seconds(30)) {
        self.failures = failures
        self.interval = interval
    }
}
