/// One setting by its names. The flag is the variable in lower case with dashes: `HTTP_PORT` is `--http-port`.
struct Setting: Sendable, Hashable {
    /// The path in the JSON file, with dots between the names.
    let key: String
    /// The environment variable, which is the key in swift-configuration's own encoding.
    let variable: String
    /// Kept out of access logs, and never a flag: other users can read a process list.
    let isSecret: Bool

    private init(_ key: String, _ variable: String, isSecret: Bool = false) {
        self.key = key
        self.variable = variable
        self.isSecret = isSecret
    }

    // A database URL may hold a password, so it is kept out of access logs; as a flag it is the user's choice.
    static let databaseURL = Setting("database.url", "DATABASE_URL", isSecret: true)

    static let gradingServerURL = Setting("gradingServer.url", "GRADING_SERVER_URL")
    static let gradingServerTimeout = Setting("gradingServer.timeout", "GRADING_SERVER_TIMEOUT")
    static let gradingServerRequestsPerSecond = Setting(
        "gradingServer.requestsPerSecond",
        "GRADING_SERVER_REQUESTS_PER_SECOND"
    )
    static let gradingServerMaxInFlight = Setting("gradingServer.maxInFlight", "GRADING_SERVER_MAX_IN_FLIGHT")
    static let breakerFailures = Setting("breaker.failures", "BREAKER_FAILURES")
    static let breakerInterval = Setting("breaker.interval", "BREAKER_INTERVAL")
    static let statusWords = Setting("statusWords", "STATUS_WORDS")

    static let webhookSecrets = Setting("webhook.secrets", "WEBHOOK_SECRETS", isSecret: true)
    static let webhookSecretsRetired = Setting("webhook.secretsRetired", "WEBHOOK_SECRETS_RETIRED", isSecret: true)
    static let webhookSchemes = Setting("webhook.schemes", "WEBHOOK_SCHEMES")
    static let cronSecrets = Setting("cron.secrets", "CRON_SECRETS", isSecret: true)
    static let operatorSecrets = Setting("operator.secrets", "OPERATOR_SECRETS", isSecret: true)

    static let httpHost = Setting("http.host", "HTTP_HOST")
    static let httpPort = Setting("http.port", "HTTP_PORT")
    static let trustedProxies = Setting("trustedProxies", "TRUSTED_PROXIES")

    static let sweepInterval = Setting("sweep.interval", "SWEEP_INTERVAL")
    static let sweepBatchSize = Setting("sweep.batchSize", "SWEEP_BATCH_SIZE")
    static let sweepBackoff = Setting("sweep.backoff", "SWEEP_BACKOFF")
    static let sweepAdaptiveGrace = Setting("sweep.adaptiveGrace", "SWEEP_ADAPTIVE_GRACE")
    static let sweepAdaptiveQuantile = Setting("sweep.adaptiveQuantile", "SWEEP_ADAPTIVE_QUANTILE")
    static let sweepAdaptiveLimit = Setting("sweep.adaptiveLimit", "SWEEP_ADAPTIVE_LIMIT")
    static let sweepPriorityStep = Setting("sweep.priorityStep", "SWEEP_PRIORITY_STEP")
    static let sweepJitter = Setting("sweep.jitter", "SWEEP_JITTER")
    static let sweepGrace = Setting("sweep.grace", "SWEEP_GRACE")

    static let pendingDeadline = Setting("pending.deadline", "PENDING_DEADLINE")
    static let lostAfter = Setting("lost.after", "LOST_AFTER")

    static let maxAttempts = Setting("max.attempts", "MAX_ATTEMPTS")
    static let retryURLTemplate = Setting("retry.urlTemplate", "RETRY_URL_TEMPLATE")
    static let retryAutomatic = Setting("retry.automatic", "RETRY_AUTOMATIC")
    static let retryBackoff = Setting("retry.backoff", "RETRY_BACKOFF")

    static let rateLimitCron = Setting("rateLimit.cron", "RATE_LIMIT_CRON")
    static let rateLimitManual = Setting("rateLimit.manual", "RATE_LIMIT_MANUAL")
    static let commitBatchReports = Setting("commit.batchReports", "COMMIT_BATCH_REPORTS")

    static let logLevel = Setting("log.level", "LOG_LEVEL")
    static let logFormat = Setting("log.format", "LOG_FORMAT")

    /// Every setting, in the order of the README's table.
    static let all: [Setting] = [
        databaseURL, gradingServerURL, gradingServerTimeout, gradingServerRequestsPerSecond, gradingServerMaxInFlight,
        breakerFailures, breakerInterval, statusWords, webhookSecrets, webhookSecretsRetired, webhookSchemes, cronSecrets,
        operatorSecrets, httpHost, httpPort, trustedProxies, sweepInterval, sweepBatchSize, sweepGrace, sweepBackoff, sweepJitter,
        sweepPriorityStep, sweepAdaptiveGrace, sweepAdaptiveQuantile, sweepAdaptiveLimit, pendingDeadline, lostAfter,
        maxAttempts, retryURLTemplate, retryAutomatic, retryBackoff, rateLimitCron, rateLimitManual, commitBatchReports, logLevel,
        logFormat,
    ]
}
