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
    /// - `statusWords` (`STATUS_WORDS`, default none): `WORD=STATUS,…` with PENDING, PROCESSING, COMPLETED or FAILED.
    /// - `sweep.interval` (`SWEEP_INTERVAL`, default 180 s): from one sweep to the next, ±10 %; 100 ms to 24 h.
    /// - `sweep.grace` (`SWEEP_GRACE`, default 120 s): how long a task may be silent before it is asked about; 0 to 7 days.
    /// - `sweep.batchSize` (`SWEEP_BATCH_SIZE`, default 10): tasks claimed at a time, 1 to 1,000.
    /// - `pending.deadline` (`PENDING_DEADLINE`, default 24 h): how long a task may wait before it counts as lost; 1 min to 90 days.
    /// - `lost.after` (`LOST_AFTER`, default 24 h): how long a task counts as lost before it becomes FAILED; 0 to 90 days.
    /// - `commit.batchReports` (`COMMIT_BATCH_REPORTS`, default 256): reports in one transaction, 1 to 256.
    init(_ config: ConfigReader) async throws(ConfigurationError) {
        self.init(gradingServerURL: try await Self.gradingServerURL(config))
        database = try await DatabaseLocation(config)
        gradingServerTimeout =
            try await config.duration(.gradingServerTimeout, in: .milliseconds(100)...(.seconds(600))) ?? gradingServerTimeout
        statusWords = try await Self.statusWords(config)
        sweep.interval = try await config.duration(.sweepInterval, in: .milliseconds(100)...(.seconds(86_400))) ?? sweep.interval
        sweep.grace = try await config.duration(.sweepGrace, in: .zero...(.seconds(7 * 86_400))) ?? sweep.grace
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

    private static func statusWords(_ config: ConfigReader) async throws(ConfigurationError) -> [String: TaskStatus] {
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
