import Configuration
import GradingCore
import GradingServer

extension DatabaseLocation {
    /// - `database.url` (`DATABASE_URL`, default `sqlite:./data/grading-monitor.db`): `sqlite:PATH`.
    init(_ config: ConfigReader) async throws(ConfigurationError) {
        guard let url = try await config.text(.databaseURL) else {
            self = .standard
            return
        }
        try self.init(url: url)
    }
}

extension ReconciliationConfiguration {
    /// - `database.url`: see ``DatabaseLocation``.
    /// - `gradingServer.url` (`GRADING_SERVER_URL`, required): the root of the grading server, `http://` or `https://`.
    /// - `gradingServer.timeout` (`GRADING_SERVER_TIMEOUT`, default 30 s): for one question, 100 ms to 10 min.
    /// - `gradingServer.requestsPerSecond` (`GRADING_SERVER_REQUESTS_PER_SECOND`, default 10): questions that start in a second,
    ///   0 to 10,000; 0 means no limit.
    /// - `gradingServer.maxInFlight` (`GRADING_SERVER_MAX_IN_FLIGHT`, default 4): questions of a sweep under way at once, 1 to 256.
    /// - `retry.urlTemplate` (`RETRY_URL_TEMPLATE`, default none): where failed tasks are submitted again, see ``ResubmissionURL``.
    /// - `breaker.failures` (`BREAKER_FAILURES`, default 5): failures in a row after which the server is left alone, 1 to 1,000.
    /// - `breaker.interval` (`BREAKER_INTERVAL`, default 30 s): from there to the next question, 1 s to 1 h.
    /// - `statusWords` (`STATUS_WORDS`, default none): `WORD=STATUS,…` with PENDING, PROCESSING, COMPLETED or FAILED.
    /// - `sweep.interval` (`SWEEP_INTERVAL`, default 180 s): from one sweep to the next, ±10 %; 100 ms to 24 h.
    /// - `sweep.grace` (`SWEEP_GRACE`, default 120 s): how long a task may be silent before it is asked about; 0 to 7 days.
    /// - `sweep.backoff` (`SWEEP_BACKOFF`, default `2m,4m,8m,15m,1h`): after each check without news the next wait, ±10 %, the last
    ///   for all that follow; 1 to 16 times of 1 s to 7 days.
    /// - `sweep.jitter` (`SWEEP_JITTER`, default 10): per cent by which interval and backoff may differ, 0 to 100.
    /// - `sweep.priorityStep` (`SWEEP_PRIORITY_STEP`, default 1 h): what a step of priority is worth of being overdue; 0 to 7 days.
    /// - `sweep.adaptiveGrace` (`SWEEP_ADAPTIVE_GRACE`, default `on`): leave a task alone for as long as others took; `on` or `off`.
    /// - `sweep.adaptiveQuantile` (`SWEEP_ADAPTIVE_QUANTILE`, default 90): per cent of the finished tasks that took no longer, 1 to 100.
    /// - `sweep.adaptiveLimit` (`SWEEP_ADAPTIVE_LIMIT`, default 1 h): the longest that a task is left alone for it; 0 to 7 days.
    /// - `sweep.batchSize` (`SWEEP_BATCH_SIZE`, default 10): tasks claimed at a time, 1 to 1,000.
    /// - `pending.deadline` (`PENDING_DEADLINE`, default 24 h): how long a task may wait before it counts as lost; 1 min to 90 days.
    /// - `lost.after` (`LOST_AFTER`, default 24 h): how long a task counts as lost before it becomes FAILED; 0 to 90 days.
    /// - `commit.batchReports` (`COMMIT_BATCH_REPORTS`, default 256): reports in one transaction, 1 to 256.
    init(_ config: ConfigReader) async throws(ConfigurationError) {
        self.init(gradingServerURL: try await Self.gradingServerURL(config))
        database = try await DatabaseLocation(config)
        gradingServerTimeout =
            try await config.duration(.gradingServerTimeout, in: .milliseconds(100)...(.seconds(600))) ?? gradingServerTimeout
        resubmissionURL = try await Self.resubmissionURL(config, base: gradingServerURL)
        statusWords = try await Self.statusWords(config)
        sweep.requestsPerSecond =
            try await config.integer(.gradingServerRequestsPerSecond, in: 0...10_000).map(Double.init) ?? sweep.requestsPerSecond
        sweep.maxInFlight = try await config.integer(.gradingServerMaxInFlight, in: 1...256) ?? sweep.maxInFlight
        sweep.breaker.failures = try await config.integer(.breakerFailures, in: 1...1_000) ?? sweep.breaker.failures
        sweep.breaker.interval =
            try await config.duration(.breakerInterval, in: .seconds(1)...(.seconds(3_600))) ?? sweep.breaker.interval
        sweep.interval = try await config.duration(.sweepInterval, in: .milliseconds(100)...(.seconds(86_400))) ?? sweep.interval
        sweep.grace = try await config.duration(.sweepGrace, in: .zero...(.seconds(7 * 86_400))) ?? sweep.grace
        sweep.backoff = try await config.waits(.sweepBackoff, example: "2m,4m,8m,15m,1h") ?? sweep.backoff
        sweep.jitter = try await config.integer(.sweepJitter, in: 0...100).map { Double($0) / 100 } ?? sweep.jitter
        sweep.priorityStep =
            try await config.duration(.sweepPriorityStep, in: .zero...(.seconds(7 * 86_400))) ?? sweep.priorityStep
        sweep.adaptiveGrace = try await Self.adaptiveGrace(config, sweep.adaptiveGrace)
        sweep.batchSize = try await config.integer(.sweepBatchSize, in: 1...1_000) ?? sweep.batchSize
        let longest = Duration.seconds(90 * 86_400)
        sweep.loss.pendingDeadline =
            try await config.duration(.pendingDeadline, in: .seconds(60)...longest) ?? sweep.loss.pendingDeadline
        sweep.loss.lostAfter = try await config.duration(.lostAfter, in: .zero...longest) ?? sweep.loss.lostAfter
        let most = CommitBounds.standard.batchReports
        commitBatchReports = try await config.integer(.commitBatchReports, in: 1...most) ?? most
    }

    private static func gradingServerURL(_ config: ConfigReader) async throws(ConfigurationError) -> GradingServerURL {
        let remedy = "set it to the grading server's root, for example http://127.0.0.1:8000"
        guard let text = try await config.text(.gradingServerURL) else {
            throw ConfigurationError(.gradingServerURL, "is not set", remedy: remedy)
        }
        do {
            return try GradingServerURL(text)
        } catch {
            throw ConfigurationError(.gradingServerURL, "cannot be used: \(error)", remedy: remedy)
        }
    }

    private static func adaptiveGrace(
        _ config: ConfigReader,
        _ standard: AdaptiveGrace
    ) async throws(ConfigurationError) -> AdaptiveGrace {
        var adaptive = standard
        adaptive.isOn = try await config.toggle(.sweepAdaptiveGrace) ?? adaptive.isOn
        adaptive.quantile =
            try await config.integer(.sweepAdaptiveQuantile, in: 1...100).map { Double($0) / 100 } ?? adaptive.quantile
        adaptive.limit = try await config.duration(.sweepAdaptiveLimit, in: .zero...(.seconds(7 * 86_400))) ?? adaptive.limit
        return adaptive
    }

    private static func resubmissionURL(
        _ config: ConfigReader,
        base: GradingServerURL
    ) async throws(ConfigurationError) -> ResubmissionURL? {
        guard let template = try await config.text(.retryURLTemplate) else { return nil }
        do {
            return try ResubmissionURL(template: template, base: base)
        } catch {
            throw ConfigurationError(
                .retryURLTemplate,
                "cannot be used: \(error)",
                remedy: "set it to /api/grade/retry/{taskId}/, say, or leave it out"
            )
        }
    }

    static func statusWords(_ config: ConfigReader) async throws(ConfigurationError) -> [String: TaskStatus] {
        var words: [String: TaskStatus] = [:]
        for entry in try await config.list(.statusWords) {
            let parts = entry.split(separator: "=", omittingEmptySubsequences: false).map { String($0).trimmingBlanks }
            guard parts.count == 2, !parts[0].isEmpty, let status = TaskStatus(rawValue: parts[1].uppercased()),
                [.pending, .processing, .completed, .failed].contains(status)
            else {
                throw ConfigurationError(
                    .statusWords,
                    "is not WORD=STATUS,…",
                    remedy: "use PENDING, PROCESSING, COMPLETED or FAILED, for example ARCHIVED=COMPLETED"
                )
            }
            words[parts[0]] = status
        }
        return words
    }
}
