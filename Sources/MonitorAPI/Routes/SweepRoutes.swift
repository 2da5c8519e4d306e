import GradingCore
import HTTPTypes

/// Sweeps on request: for the cron job, and for people who want every session put right too.
struct SweepRoutes: Sendable {
    let store: any Store
    let reconciler: Reconciler
    let gatekeeper: Gatekeeper
    let access: Access
    let limits: RateLimits
    let wallClock: WallClock

    var endpoints: [Endpoint] {
        [
            Endpoint(
                "/api/cron/status-check",
                .get,
                .post,
                handler: gatekeeper.guarding(access.cron, limit: limits.cron) { _ in try await sweep() }
            ),
            Endpoint(
                "/api/sessions/status-check",
                .post,
                handler: gatekeeper.guarding(access.cronOrOperator, limit: limits.manual) { _ in
                    try await sweepAndRollUp()
                }
            ),
        ]
    }

    private func sweep() async throws -> APIResponse {
        answer(try await reconciler.sweep())
    }

    private func sweepAndRollUp() async throws -> APIResponse {
        var summary = try await reconciler.sweep()
        summary.sessionsUpdated += try await store.rollUpSessions(at: wallClock.now())
        summary.open = try await store.openWork()
        return answer(summary)
    }

    /// The shape is fixed by the web app and its cron script: members may be added, none renamed.
    private func answer(_ summary: SweepSummary) -> APIResponse {
        .json([
            "message": "Background task status check completed",
            "timestamp": .string(wallClock.now().iso8601),
            "summary": [
                "tasksProcessed": .integer(summary.tasksProcessed),
                "tasksUpdated": .integer(summary.tasksUpdated),
                "errors": .integer(summary.errors),
                "sessionsUpdated": .integer(summary.sessionsUpdated),
                "parkedApplied": .integer(summary.parkedApplied),
                "joined": .bool(summary.isJoined),
                "gradingServer": .string(summary.gradingServer.rawValue),
                "currentStats": [
                    "totalPendingTasks": .integer(summary.open.pendingTasks),
                    "totalProcessingTasks": .integer(summary.open.processingTasks),
                    "totalActiveSessions": .integer(summary.open.activeSessions),
                ],
            ],
        ])
    }
}
