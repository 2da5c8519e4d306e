import GradingCore

/// The answer of `sweep`, in the shape of `GET /api/cron/status-check`.
struct SweepReport: JSONReport {
    struct Summary: Encodable {
        let tasksProcessed: Int
        let tasksUpdated: Int
        let errors: Int
        let sessionsUpdated: Int
        let parkedApplied: Int
        /// The breaker at the end: `closed` when all went its way.
        let gradingServer: String
        let currentStats: CurrentStats
    }

    struct CurrentStats: Encodable {
        let totalPendingTasks: Int
        let totalProcessingTasks: Int
        let totalActiveSessions: Int
    }

    let message = "Background task status check completed"
    let timestamp: String
    let summary: Summary

    init(_ sweep: SweepSummary, at time: Timestamp) {
        timestamp = time.iso8601
        summary = Summary(
            tasksProcessed: sweep.tasksProcessed,
            tasksUpdated: sweep.tasksUpdated,
            errors: sweep.errors,
            sessionsUpdated: sweep.sessionsUpdated,
            parkedApplied: sweep.parkedApplied,
            gradingServer: sweep.gradingServer.rawValue,
            currentStats: CurrentStats(
                totalPendingTasks: sweep.open.pendingTasks,
                totalProcessingTasks: sweep.open.processingTasks,
                totalActiveSessions: sweep.open.activeSessions
            )
        )
    }

    private enum CodingKeys: CodingKey {
        case message, timestamp, summary
    }

    var text: String {
        Columns.text([
            ("tasks asked about", "\(summary.tasksProcessed)"),
            ("tasks updated", "\(summary.tasksUpdated)"),
            ("errors", "\(summary.errors)"),
            ("sessions put right", "\(summary.sessionsUpdated)"),
            ("parked callbacks applied", "\(summary.parkedApplied)"),
            ("breaker", summary.gradingServer),
            ("still pending", "\(summary.currentStats.totalPendingTasks)"),
            ("still processing", "\(summary.currentStats.totalProcessingTasks)"),
            ("active sessions", "\(summary.currentStats.totalActiveSessions)"),
        ])
    }
}
