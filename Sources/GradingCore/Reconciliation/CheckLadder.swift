/// How long a task is left alone after a check that brought nothing new: longer with each in a row.
///
/// News (a signed callback, or an answer that changed the status) starts the ladder anew: the next check is then a grace
/// after it.
package struct CheckLadder: Sendable, Equatable {
    /// After the first such check, the second, and so on; the last for all that follow. At least one.
    package let waits: [Duration]
    /// Share by which each wait may be longer or shorter, 0 to 1: what fell due together does not stay together.
    package let jitter: Double

    /// 2, 4, 8, 15 min, then hourly.
    package static let standardWaits: [Duration] = [.seconds(120), .seconds(240), .seconds(480), .seconds(900), .seconds(3_600)]

    /// - Parameter waits: the standard ones when there are none.
    package init(waits: [Duration] = standardWaits, jitter: Double = 0.1) {
        self.waits = waits.isEmpty ? Self.standardWaits : waits
        self.jitter = min(max(jitter, 0), 1)
    }

    /// - Parameters:
    ///   - checks: checks in a row before this one that brought nothing new, answered or not.
    ///   - random: evenly distributed from 0 up to 1.
    package func wait(afterChecks checks: Int, random: Double) -> Duration {
        let step = min(max(checks, 0), waits.count - 1)
        return waits[step] * (1 + jitter * (2 * random - 1))
    }
}
