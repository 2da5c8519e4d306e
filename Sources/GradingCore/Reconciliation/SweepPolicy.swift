/// When the sweep asks, whom, and how hard.
package struct SweepPolicy: Sendable {
    /// From the end of one sweep to the start of the next, before jitter.
    package var interval: Duration = .seconds(180)
    /// Share by which each wait, for a sweep or for a task's next check, may be longer or shorter, 0 to 1: instances do not march
    /// in step.
    package var jitter: Double = 0.1
    /// The first sweep comes within this time of the start: callbacks may have been lost while nobody listened.
    package var firstSweepWithin: Duration = .seconds(5)
    /// A task is due when its last signal is at least this old. For the store, too: see ``CheckSchedule``.
    package var grace: Duration = .seconds(120)
    /// How a task's first check is put off by what others took. Off where ``grace`` is zero: then everything is to be asked about.
    package var adaptiveGrace = AdaptiveGrace()
    /// How long a task is left alone that was asked about without news.
    package var backoff = CheckLadder.standardWaits
    /// What one step of priority is worth of being overdue.
    package var priorityStep = ClaimRank.standardStep
    /// Tasks in one claim, 1 or more.
    package var batchSize: Int = 10
    /// How long a sweep goes on asking. What is in flight then comes to its end.
    package var budget: Duration = .seconds(60)
    /// Requests of one sweep under way at once, 1 or more.
    package var maxInFlight: Int = 4
    /// Requests that start in a second, sweep and manual checks together; 0 or less means no limit.
    package var requestsPerSecond: Double = 10
    /// When the grading server is left alone.
    package var breaker = BreakerPolicy()
    /// How long a question of a sweep waits when the grading server asks for a moment's quiet; a longer one ends the sweep.
    package var quietPatience: Duration = .seconds(10)
    /// How long a claimed task is ours alone. A task is asked about in the first half of its lease only, so half of it, less
    /// ``quietPatience``, must be longer than the grading server's timeout (30 s): the answer is in before anyone else may ask.
    package var lease: Duration = .seconds(90)
    /// How long a sweep may go on with what is in flight after graceful shutdown began.
    package var shutdownPatience: Duration = .seconds(5)

    /// When a task counts as lost.
    package var loss = LossPolicy()

    /// What the store is opened with.
    package var schedule: CheckSchedule { CheckSchedule(grace: grace) }

    /// How long a task is left alone that was asked about without news.
    var ladder: CheckLadder { CheckLadder(waits: backoff, jitter: jitter) }

    var effectiveAdaptiveGrace: AdaptiveGrace {
        var adaptive = adaptiveGrace
        if grace == .zero { adaptive.isOn = false }
        return adaptive
    }

    /// A task is asked about in the first half of its lease only.
    func askBefore(claimedAt now: Timestamp) -> Timestamp { now.advanced(by: lease / 2) }

    var rank: ClaimRank { ClaimRank(step: priorityStep) }

    package init() {}
}
