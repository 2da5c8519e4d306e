import GradingCore
import HTTPTypes

/// A status that the web app itself reports, the old way. It goes through the same queue and the same rules as everything else:
/// it can be stale or in conflict, and never takes a grade away.
struct StatusUpdateRoutes: Sendable {
    let commits: CommitQueue
    let decoder: ReportDecoder
    let gatekeeper: Gatekeeper
    let access: Access
    let wallClock: WallClock

    var endpoints: [Endpoint] {
        [
            Endpoint(
                "/api/tasks/{taskId}/update-status",
                .post,
                handler: gatekeeper.guarding(access.operator) { try await update($0) }
            )
        ]
    }

    private static let unknownWord = Problem(
        .badRequest,
        "status is not one of the words that the grading server uses. Nothing was changed."
    )

    private func update(_ request: APIRequest) async throws -> APIResponse {
        guard !request.isDeclaredOtherThanJSON else { throw Problem.notJSON }
        let task = try request.taskID()
        let provenance = Provenance(source: .manual, observedAt: wallClock.now())
        let report = try decoder.decode(request.bodyBytes(), task: task, provenance: provenance)
        // A callback may be silent about its status, or use a new word: it is a sign of life. Here it can only be a mistake.
        guard report.meaning != .unknown, !report.word.isEmpty else { throw Self.unknownWord }
        let outcome = try await commits.submit(report)
        guard let status = outcome.status else { throw Problem.noSuchTask }
        return .json([
            "message": "Task status updated",
            "timestamp": .string(wallClock.now().iso8601),
            "result": [
                "taskId": .string(task.rawValue),
                "status": .string(status.rawValue),
                "updated": .bool(outcome.changedStatus),
                "outcome": .string(outcome.disposition.rawValue),
            ],
        ])
    }
}
