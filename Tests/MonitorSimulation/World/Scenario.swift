package import GradingCore

/// What one seed plays: how many instances, which tasks, and which faults.
///
/// Each kind of fault is on in about half of the seeds, so that rare combinations of few are tried as well as all together.
package struct Scenario: Sendable {
    package let seed: UInt64
    package var instances: Int
    package var commitLanes: Int
    package var policy = SweepPolicy()
    package var attempts = AttemptPolicy()
    package var sessions: Int
    package var tasksInSession: ClosedRange<Int>
    /// The grading server numbers the runs of a task in what it reports.
    package var numbersRuns: Bool
    /// The grading server takes failed tasks again, under a new id.
    package var takesResubmissions: Bool
    /// How long the faults go on; afterwards everything works, and has to come right.
    package var chaos: Duration
    package var callbacks = CallbackFaults()
    package var server = ServerFaults()
    package var database = DatabaseFaults()
    package var processes = ProcessFaults()
    package var people = PeoplesDoings()

    package init(seed: UInt64) {
        var random = SeededGenerator(seed: seed ^ 0x5eed)
        self.seed = seed
        instances = random.number(1...3)
        commitLanes = random.number(1...2)
        sessions = random.number(1...3)
        tasksInSession = 1...random.number(2...6)
        numbersRuns = random.happens(0.5)
        // One that numbers the runs of a task would speak of the old one for ever, where the answer to a resubmission got lost.
        takesResubmissions = !numbersRuns && random.happens(0.5)
        chaos = random.duration(Duration.seconds(600)...(.seconds(1_800)))
        policy.interval = .seconds(random.number(20...60))
        policy.grace = .seconds(random.number(20...90))
        policy.backoff = [.seconds(20), .seconds(40), .seconds(80), .seconds(120)]
        policy.budget = .seconds(random.number(10...60))
        policy.maxInFlight = random.number(1...4)
        policy.batchSize = random.number(1...10)
        policy.requestsPerSecond = Double(random.number(1...10))
        policy.adaptiveGrace.isOn = random.happens(0.5)
        policy.adaptiveGrace.leastSamples = 3
        policy.adaptiveGrace.limit = .seconds(300)
        policy.loss.lostAfter = .seconds(600)
        policy.loss.pendingDeadline = .seconds(1_200)
        attempts.isAutomatic = random.happens(0.3)
        attempts.waits = [.seconds(60), .seconds(120)]
        callbacks.draw(&random)
        server.draw(&random)
        database.draw(&random)
        processes.draw(&random)
        people.draw(&random)
    }
}

extension SeededGenerator {
    /// Zero in half of the seeds.
    fileprivate mutating func sometimes(upTo most: Double) -> Double { happens(0.5) ? share() * most : 0 }
}

/// What becomes of callbacks. Shares are from 0 to 1.
package struct CallbackFaults: Sendable {
    /// Never sent.
    package var lost = 0.0
    /// Sent again though the answer came.
    package var duplicated = 0.0
    /// Under way for up to ``longestDelay``.
    package var delayed = 0.0
    /// Does not reach the monitor; the sender tries again.
    package var requestLost = 0.0
    /// The answer does not reach the sender, who tries again.
    package var answerLost = 0.0
    /// Comes again under its id with another body.
    package var altered = 0.0
    /// A second, different ending follows.
    package var contradicted = 0.0
    /// Unreadable.
    package var malformed = 0.0

    static let longestDelay = Duration.seconds(400)

    fileprivate mutating func draw(_ random: inout SeededGenerator) {
        lost = random.happens(0.2) ? 1 : random.sometimes(upTo: 0.6)
        duplicated = random.sometimes(upTo: 0.6)
        delayed = random.sometimes(upTo: 0.6)
        requestLost = random.sometimes(upTo: 0.4)
        answerLost = random.sometimes(upTo: 0.4)
        altered = random.sometimes(upTo: 0.2)
        contradicted = random.sometimes(upTo: 0.3)
        malformed = random.sometimes(upTo: 0.1)
    }
}

/// How the grading server answers, and what it does with tasks.
package struct ServerFaults: Sendable {
    /// Answers 500, garbage, about another task, or nothing until the timeout.
    package var failing = 0.0
    /// Asks for quiet.
    package var busy = 0.0
    /// How many times it is down for a while.
    package var outages = 0
    /// Share of the tasks that fail at first and succeed later in the same run.
    package var secondThoughts = 0.0
    package var failures = 0.0
    /// Share of the results without a grade in them.
    package var disguisedFailures = 0.0
    /// Share of the tasks that it forgets.
    package var forgotten = 0.0

    static let timeout = Duration.seconds(30)
    static let longestQuiet = Duration.seconds(120)

    fileprivate mutating func draw(_ random: inout SeededGenerator) {
        failing = random.sometimes(upTo: 0.6)
        busy = random.sometimes(upTo: 0.2)
        outages = random.happens(0.3) ? random.number(1...3) : 0
        secondThoughts = random.sometimes(upTo: 0.4)
        failures = random.sometimes(upTo: 0.6)
        disguisedFailures = random.sometimes(upTo: 0.3)
        forgotten = random.happens(0.2) ? random.share() * 0.4 : 0
    }
}

/// How the database serves.
package struct DatabaseFaults: Sendable {
    /// Refuses a transaction.
    package var refused = 0.0
    /// Commits, and the answer is lost.
    package var unknown = 0.0
    /// Rows that somebody else holds.
    package var busy = 0.0
    /// Takes up to seconds.
    package var slow = 0.0
    package var outages = 0

    fileprivate mutating func draw(_ random: inout SeededGenerator) {
        refused = random.sometimes(upTo: 0.1)
        unknown = random.sometimes(upTo: 0.1)
        busy = random.sometimes(upTo: 0.1)
        slow = random.sometimes(upTo: 0.2)
        outages = random.happens(0.3) ? random.number(1...2) : 0
    }
}

/// What befalls the monitor's own processes.
package struct ProcessFaults: Sendable {
    /// For each access to the database, and each question: how likely the process dies there.
    package var crashes = 0.0
    /// The same, for being stopped for a while, past its leases.
    package var stops = 0.0
    /// How often the time of day is set.
    package var clockJumps = 0

    static let longestStop = Duration.seconds(200)
    static let farthestJump = Duration.seconds(300)

    fileprivate mutating func draw(_ random: inout SeededGenerator) {
        crashes = random.sometimes(upTo: 0.02)
        stops = random.sometimes(upTo: 0.02)
        clockJumps = random.happens(0.2) ? random.number(1...4) : 0
    }
}

/// What the web app and people do beside the grading server.
package struct PeoplesDoings: Sendable {
    /// Tasks are registered only after the grading server began with them.
    package var registersLate = 0.0
    /// Manual checks, in all.
    package var checks = 0
    /// Sweeps from cron, in all.
    package var sweeps = 0
    /// Retries of sessions, in all.
    package var retries = 0
    /// Failed students who are submitted again under a new task id.
    package var resubmissions = 0
    /// Rows that the web app changes past the monitor.
    package var edits = 0

    fileprivate mutating func draw(_ random: inout SeededGenerator) {
        registersLate = random.sometimes(upTo: 0.8)
        checks = random.happens(0.5) ? random.number(1...12) : 0
        sweeps = random.happens(0.5) ? random.number(1...6) : 0
        retries = random.happens(0.5) ? random.number(1...4) : 0
        resubmissions = random.happens(0.4) ? random.number(1...4) : 0
        edits = random.happens(0.3) ? random.number(1...4) : 0
    }
}
