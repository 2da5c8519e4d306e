/// When a task is worth its first question, as those before it have it: an exam that takes 20 minutes is not asked about after 2.
///
/// A task is left alone until so much time has passed since its start as `quantile` of the finished ones took, at most
/// ``limit``. Durations come from tasks whose end a callback told us of, those of the task's own session if there are enough
/// and else of all: what a sweep found out has been waiting to be found, and would make the grace longer and longer.
package struct AdaptiveGrace: Sendable, Equatable {
    /// Off: every task is asked about after the grace that is set.
    package var isOn = true
    /// 0 to 1.
    package var quantile = 0.9
    /// The longest that a task is left alone for this reason, from its start.
    package var limit: Duration = .seconds(3_600)
    /// Fewer finished tasks than these say nothing.
    package var leastSamples = 20

    package init() {}

    /// What finished tasks teach.
    package struct Estimate: Sendable, Equatable {
        /// How long a task takes, but for the slowest.
        package let duration: Duration
        /// Of how many tasks.
        package let samples: Int
    }

    /// `nil` when there are too few of them.
    func estimate(from durations: [Duration]) -> Estimate? {
        guard durations.count >= max(1, leastSamples) else { return nil }
        let sorted = durations.sorted()
        // The nearest rank: no fewer than the share `quantile` took no longer.
        let rank = Int((quantile * Double(sorted.count)).rounded(.up))
        return Estimate(duration: sorted[min(max(rank, 1), sorted.count) - 1], samples: sorted.count)
    }

    /// Until when a task is to be left alone; `nil` when it may be asked about now.
    func putsOff(_ task: ClaimedTask, expecting estimate: Estimate?, at now: Timestamp) -> Timestamp? {
        guard isOn, let estimate, let startedAt = task.startedAt else { return nil }
        let end = startedAt.advanced(by: min(estimate.duration, limit))
        return end > now ? end : nil
    }
}
