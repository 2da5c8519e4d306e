import GradingCore
import HTTPTypes

/// Whether this instance should be sent work, and if not, why.
struct Readiness: Sendable {
    let database: DatabaseProbe
    let reconciler: Reconciler
    let drain: Drain
    let policy: ReadinessPolicy
    let startedAt: Timestamp
    let wallClock: WallClock

    func response() async -> APIResponse {
        let database = await database.answer()
        let isOverdue = await isSweepOverdue()
        let isDraining = drain.isUnderWay
        let isReady = database == .ok && !isOverdue && !isDraining
        let document: JSONValue = [
            "status": isReady ? "ready" : "notReady",
            "checks": [
                "database": .string(database.rawValue),
                "sweep": isOverdue ? "overdue" : "ok",
                "draining": .bool(isDraining),
            ],
        ]
        return .json(document, status: isReady ? .ok : .serviceUnavailable)
    }

    private func isSweepOverdue() async -> Bool {
        let last = await reconciler.lastSweepAt ?? startedAt
        return max(last, startedAt).duration(to: wallClock.now()) > policy.sweepOverdueAfter
    }
}
