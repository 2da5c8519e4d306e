import GradingCore
import HTTPTypes

/// How urgent a task or a session is: what the sweep asks about first.
struct PriorityRoutes: Sendable {
    let store: any Store
    let gatekeeper: Gatekeeper
    let access: Access

    var endpoints: [Endpoint] {
        [
            Endpoint(
                "/api/tasks/{taskId}/priority",
                .put,
                handler: gatekeeper.guarding(access.operator) { try await setTask($0) }
            ),
            Endpoint(
                "/api/sessions/{id}/priority",
                .put,
                handler: gatekeeper.guarding(access.operator) { try await setSession($0) }
            ),
        ]
    }

    /// The body of both.
    private struct Body: Decodable {
        let priority: Int

        private enum Key: String, CodingKey { case priority }

        init(from decoder: any Decoder) throws {
            priority = try decoder.container(keyedBy: Key.self).integer(.priority, in: ClaimRank.priorities)
        }
    }

    private func setTask(_ request: APIRequest) async throws -> APIResponse {
        let (task, priority) = (try request.taskID(), try request.strictJSON(Body.self).priority)
        guard try await store.setPriority(priority, of: task) else { throw Problem.noSuchTask }
        return .json(["taskId": .string(task.rawValue), "priority": .integer(priority)])
    }

    private func setSession(_ request: APIRequest) async throws -> APIResponse {
        let (session, priority) = (try request.sessionID(), try request.strictJSON(Body.self).priority)
        guard let changed = try await store.setPriority(priority, ofSession: session) else { throw Problem.noSuchSession }
        return .json([
            "sessionId": .string(session.rawValue), "priority": .integer(priority), "tasksChanged": .integer(changed),
        ])
    }
}
