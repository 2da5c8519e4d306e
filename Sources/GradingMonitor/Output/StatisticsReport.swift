import GradingCore

/// The answer of `stats`, in the shape of `GET /api/monitoring/stats`.
struct StatisticsReport: JSONReport {
    struct Figures: Encodable {
        let totalPendingTasks: Int
        let totalProcessingTasks: Int
        let totalActiveSessions: Int
        let oldestPendingTask: OldestTask?
        let totalSessions: Int
        let totalStudentsGraded: Int
        let averageScore: Double?
        let requiresReview: Int
        let failed: Int
        let lost: Int
        /// Ended tasks by who told us: `callback`, `sweep`, `manual`.
        let completedBy: [String: Int]
        /// Remembered deliveries by outcome: `applied`, `duplicate`, …
        let deliveries: [String: Int]
        let failingTasks: Failing
        let callbackLoss: LossReport
    }

    /// Open tasks whose last check failed: how many, and the worst of them.
    struct Failing: Encodable {
        let total: Int
        let worst: [FailingTask]
    }

    struct FailingTask: Encodable {
        let taskId: String
        let consecutiveErrors: Int
        let lastError: String?
        let nextCheckAt: String?
    }

    struct OldestTask: Encodable {
        let taskId: String
        let studentName: String
        let createdAt: String
    }

    let message = "Monitoring statistics"
    let timestamp: String
    let stats: Figures

    init(_ statistics: MonitorStatistics, _ loss: CallbackLoss, at time: Timestamp) {
        timestamp = time.iso8601
        stats = Figures(statistics, loss)
    }

    private enum CodingKeys: CodingKey {
        case message, timestamp, stats
    }

    var text: String {
        var rows: [(name: String, value: String)] = [
            ("pending tasks", "\(stats.totalPendingTasks)"),
            ("processing tasks", "\(stats.totalProcessingTasks)"),
            ("active sessions", "\(stats.totalActiveSessions)"),
            ("sessions", "\(stats.totalSessions)"),
            ("students graded", "\(stats.totalStudentsGraded)"),
            ("students failed", "\(stats.failed)"),
            ("seem lost", "\(stats.lost)"),
            ("to be reviewed", "\(stats.requiresReview)"),
            ("average score", stats.averageScore.map { "\(($0 * 10).rounded() / 10) %" } ?? "-"),
        ]
        if let oldest = stats.oldestPendingTask {
            rows.append(("oldest pending", "\(oldest.taskId), \(oldest.studentName), since \(oldest.createdAt)"))
        }
        rows += stats.completedBy.sorted { $0.key < $1.key }.map { ("ended by \($0.key)", "\($0.value)") }
        rows += stats.deliveries.sorted { $0.key < $1.key }.map { ("deliveries \($0.key)", "\($0.value)") }
        rows += stats.callbackLoss.rows
        rows.append(("failing tasks", "\(stats.failingTasks.total)"))
        rows += stats.failingTasks.worst.map { ("  \($0.taskId)", "\($0.consecutiveErrors) in a row: \($0.lastError ?? "-")") }
        return Columns.text(rows)
    }
}

extension StatisticsReport.Figures {
    fileprivate init(_ statistics: MonitorStatistics, _ loss: CallbackLoss) {
        self.init(
            totalPendingTasks: statistics.open.pendingTasks,
            totalProcessingTasks: statistics.open.processingTasks,
            totalActiveSessions: statistics.open.activeSessions,
            oldestPendingTask: statistics.oldestPending.map {
                StatisticsReport.OldestTask(
                    taskId: $0.task.rawValue,
                    studentName: $0.studentName,
                    createdAt: $0.createdAt.iso8601
                )
            },
            totalSessions: statistics.sessions,
            totalStudentsGraded: statistics.studentsGraded,
            averageScore: statistics.averageScore,
            requiresReview: statistics.requiresReview,
            failed: statistics.studentsFailed,
            lost: statistics.lost,
            completedBy: Self.counts(statistics.endedBy),
            deliveries: Self.counts(statistics.deliveries),
            failingTasks: StatisticsReport.Failing(statistics.failing),
            callbackLoss: LossReport(loss)
        )
    }

    /// One member for each word, zero where nothing was counted.
    private static func counts<Word: RawRepresentable<String> & Hashable & CaseIterable>(_ counts: [Word: Int]) -> [String: Int] {
        Dictionary(uniqueKeysWithValues: Word.allCases.map { ($0.rawValue, counts[$0] ?? 0) })
    }

    private enum CodingKeys: CodingKey {
        case totalPendingTasks, totalProcessingTasks, totalActiveSessions, oldestPendingTask, totalSessions
        case totalStudentsGraded, averageScore, requiresReview, failed, lost, completedBy, deliveries, failingTasks
        case callbackLoss
    }

    /// Written out because what is not there is `null` in the answer, where the synthesized code would leave it out.
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(totalPendingTasks, forKey: .totalPendingTasks)
        try container.encode(totalProcessingTasks, forKey: .totalProcessingTasks)
        try container.encode(totalActiveSessions, forKey: .totalActiveSessions)
        try container.encode(oldestPendingTask, forKey: .oldestPendingTask)
        try container.encode(totalSessions, forKey: .totalSessions)
        try container.encode(totalStudentsGraded, forKey: .totalStudentsGraded)
        try container.encode(averageScore, forKey: .averageScore)
        try container.encode(requiresReview, forKey: .requiresReview)
        try container.encode(failed, forKey: .failed)
        try container.encode(lost, forKey: .lost)
        try container.encode(completedBy, forKey: .completedBy)
        try container.encode(deliveries, forKey: .deliveries)
        try container.encode(failingTasks, forKey: .failingTasks)
        try container.encode(callbackLoss, forKey: .callbackLoss)
    }
}

extension StatisticsReport.Failing {
    fileprivate init(_ failing: FailingTasks) {
        total = failing.total
        worst = failing.worst.map { task in
            StatisticsReport.FailingTask(
                taskId: task.task.rawValue,
                consecutiveErrors: task.consecutiveErrors,
                lastError: task.lastError,
                nextCheckAt: task.nextCheckAt?.iso8601
            )
        }
    }
}
