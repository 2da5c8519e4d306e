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
        let totalStudentsFailed: Int
        let totalRequiresReview: Int
        let averageScore: Double?
        /// Ended tasks by who told us: `callback`, `sweep`, `manual`.
        let endedBy: [String: Int]
        /// Remembered deliveries by outcome: `applied`, `duplicate`, …
        let deliveries: [String: Int]
    }

    struct OldestTask: Encodable {
        let taskId: String
        let studentName: String
        let createdAt: String
    }

    let message = "Monitoring statistics"
    let timestamp: String
    let stats: Figures

    init(_ statistics: MonitorStatistics, at time: Timestamp) {
        timestamp = time.iso8601
        stats = Figures(statistics)
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
            ("students failed", "\(stats.totalStudentsFailed)"),
            ("to be reviewed", "\(stats.totalRequiresReview)"),
            ("average score", stats.averageScore.map { "\(($0 * 10).rounded() / 10) %" } ?? "-"),
        ]
        if let oldest = stats.oldestPendingTask {
            rows.append(("oldest pending", "\(oldest.taskId), \(oldest.studentName), since \(oldest.createdAt)"))
        }
        rows += stats.endedBy.sorted { $0.key < $1.key }.map { ("ended by \($0.key)", "\($0.value)") }
        rows += stats.deliveries.sorted { $0.key < $1.key }.map { ("deliveries \($0.key)", "\($0.value)") }
        return Columns.text(rows)
    }
}

extension StatisticsReport.Figures {
    fileprivate init(_ statistics: MonitorStatistics) {
        self.init(
            totalPendingTasks: statistics.pendingTasks,
            totalProcessingTasks: statistics.processingTasks,
            totalActiveSessions: statistics.activeSessions,
            oldestPendingTask: statistics.oldestPending.map {
                StatisticsReport.OldestTask(
                    taskId: $0.task.rawValue,
                    studentName: $0.studentName,
                    createdAt: $0.createdAt.iso8601
                )
            },
            totalSessions: statistics.sessions,
            totalStudentsGraded: statistics.studentsGraded,
            totalStudentsFailed: statistics.studentsFailed,
            totalRequiresReview: statistics.requiresReview,
            averageScore: statistics.averageScore,
            endedBy: Dictionary(uniqueKeysWithValues: statistics.endedBy.map { ($0.key.rawValue, $0.value) }),
            deliveries: Dictionary(uniqueKeysWithValues: statistics.deliveries.map { ($0.key.rawValue, $0.value) })
        )
    }
}
