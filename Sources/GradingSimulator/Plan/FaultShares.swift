/// How often what goes wrong: each a share of the tasks from 0 to 1, drawn for every task on its own.
package struct FaultShares: Sendable, Equatable {
    /// The final callback is never sent: only a check can find the end.
    package var lost: Double
    /// The final callback is sent again one to three times, with the same delivery id and body.
    package var repeated: Double
    /// The final callback is sent later than the task's end.
    package var delayed: Double
    /// The last progress event is sent after the final callback. Needs progress events.
    package var reordered: Double
    /// One more callback says that the task FAILED, signed with a wrong key.
    package var forged: Double
    /// The task ends in FAILURE.
    package var failing: Double

    /// - Parameters: shares from 0 to 1; what lies outside counts as the nearer end. All 0: nothing goes wrong.
    package init(
        lost: Double = 0,
        repeated: Double = 0,
        delayed: Double = 0,
        reordered: Double = 0,
        forged: Double = 0,
        failing: Double = 0
    ) {
        self.lost = lost
        self.repeated = repeated
        self.delayed = delayed
        self.reordered = reordered
        self.forged = forged
        self.failing = failing
    }

    /// Nothing goes wrong.
    package static let none = FaultShares()
}
