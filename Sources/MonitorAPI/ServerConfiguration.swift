package import GradingCore

/// What the HTTP server has to be told. Secrets are checked for strength before they come here.
package struct ServerConfiguration: Sendable {
    package var host = "127.0.0.1"
    /// 0 lets the system choose one; the server tells which.
    package var port = 3_000
    /// Bearer secrets of the cron job, several live at once.
    package var cronSecrets: [String] = []
    /// Bearer secrets of people and the web app, several live at once.
    package var operatorSecrets: [String] = []
    /// Proxies whose `X-Forwarded-For` is believed: addresses or CIDR blocks.
    package var trustedProxies: [AddressBlock] = []
    package var rateLimits = RateLimits()
    package var connection = ConnectionLimits()
    /// Connections open at once; more wait in the kernel's queue. Each may hold a body, so this bounds the memory too.
    package var maximumConnections = 2_048
    /// How long checks and sweeps that are under way at shutdown may go on.
    package var shutdownPatience: Duration = .seconds(5)
    package var readiness = ReadinessPolicy()
    /// How often a student may be graded.
    package var attempts = AttemptPolicy()

    package init() {}
}

/// How often each class of request may come from one client.
package struct RateLimits: Sendable, Equatable {
    package var cron = RateLimit(name: "cron", quota: 6, window: .seconds(60))
    package var manual = RateLimit(name: "manual", quota: 30, window: .seconds(60))
    /// Refused signatures. Asked after a refusal only: a valid callback is never limited.
    package var badSignature = RateLimit(name: "bad-signature", quota: 100, window: .seconds(60))

    package init() {}
}

/// When the server calls itself ready.
package struct ReadinessPolicy: Sendable, Equatable {
    /// How long an answer of the database is good for.
    package var databaseAnswerAge: Duration = .seconds(1)
    /// How long the database may take to answer.
    package var databaseDeadline: Duration = .seconds(2)
    /// A sweep is overdue when none ended for this long, here or on the instance whose turn it is: three intervals and one sweep's time budget.
    package var sweepOverdueAfter: Duration = .seconds(600)

    package init() {}

    /// The policy that goes with a sweep's.
    package init(sweep: SweepPolicy) {
        sweepOverdueAfter = sweep.interval * 3 + sweep.budget
    }
}
