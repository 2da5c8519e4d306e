/// How this process fares with the grading server.
package struct GradingServerHealth: Sendable, Equatable {
    /// `closed` (it is asked), `open` (it is left alone), `half-open` (one question finds out).
    package let breaker: CircuitBreaker.State
    /// While it is closed.
    package let failuresInARow: Int
    /// `nil` when a question may be asked now.
    package let nextQuestionAt: Timestamp?

    package init(breaker: CircuitBreaker.State, failuresInARow: Int, nextQuestionAt: Timestamp?) {
        self.breaker = breaker
        self.failuresInARow = failuresInARow
        self.nextQuestionAt = nextQuestionAt
    }
}
