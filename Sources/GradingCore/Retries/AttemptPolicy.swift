/// How often, and when, a failed task gets another attempt.
package struct AttemptPolicy: Sendable, Equatable {
    /// Attempts in all, the first one among them; 1 or more.
    package var maximum = 3
    /// Whether failed tasks begin anew without anyone asking for it.
    package var isAutomatic = false
    /// From the failure of the first attempt to the second, from that of the second to the third, and so on; the last one for all
    /// that follow. Not empty.
    package var waits: [Duration] = [.seconds(300), .seconds(1_800), .seconds(7_200)]

    /// What is overdue for longer is left to people: whoever switches automatic retries on does not want last year's failures
    /// graded again.
    static let window = Duration.seconds(86_400)

    package init() {}

    /// The earliest failure that is still retried by itself.
    func earliestFailure(at now: Timestamp) -> Timestamp {
        now.advanced(by: .zero - Self.window - (waits.max() ?? .zero))
    }

    /// Whether a task may begin anew by itself.
    func isDue(_ failed: FailedTask, at now: Timestamp) -> Bool {
        let step = min(max(failed.snapshot.attempt, 1), waits.count) - 1
        guard failed.snapshot.attempt < maximum, waits.indices.contains(step) else { return false }
        return failed.failedAt.advanced(by: waits[step]) <= now
    }
}

/// A task whose student is FAILED, and since when.
package struct FailedTask: Sendable, Equatable {
    package let snapshot: TaskSnapshot
    package let failedAt: Timestamp

    package init(_ snapshot: TaskSnapshot, failedAt: Timestamp) {
        self.snapshot = snapshot
        self.failedAt = failedAt
    }
}
