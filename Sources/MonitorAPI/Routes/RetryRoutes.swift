import GradingCore
import HTTPTypes

/// Another attempt for what has failed: one task, or all of a session.
struct RetryRoutes: Sendable {
    let retries: TaskRetries
    let gatekeeper: Gatekeeper
    let access: Access
    let limits: RateLimits
    let wallClock: WallClock

    var endpoints: [Endpoint] {
        [
            Endpoint(
                "/api/sessions/{id}/retry",
                .post,
                handler: gatekeeper.guarding(access.operator, limit: limits.manual) { try await retrySession($0) }
            ),
            Endpoint(
                "/api/tasks/{taskId}/retry",
                .post,
                handler: gatekeeper.guarding(access.operator, limit: limits.manual) { try await retryTask($0) }
            ),
        ]
    }

    private func retrySession(_ request: APIRequest) async throws -> APIResponse {
        let session = try request.sessionID()
        guard let tasks = try await retries.run(on: session) else { throw Problem.noSuchSession }
        let counts = RetriedTask.Outcome.allCases.map { outcome in
            JSONValue.Member(name: outcome.rawValue, value: .integer(tasks.count { $0.outcome == outcome }))
        }
        return .json([
            "message": "Failed students retried",
            "timestamp": .string(wallClock.now().iso8601),
            "sessionId": .string(session.rawValue),
            "result": .object(counts),
            "students": .array(tasks.map(JSONValue.init)),
        ])
    }

    private func retryTask(_ request: APIRequest) async throws -> APIResponse {
        switch try await retries.run(on: try request.taskID()) {
        case .noSuchTask: throw Problem.noSuchTask
        case .notFailed(let status):
            throw Problem(.conflict, "The task is \(status.rawValue): only one that has failed can be retried.")
        case .done(let task):
            return .json([
                "message": "Failed task retried",
                "timestamp": .string(wallClock.now().iso8601),
                "result": JSONValue(task),
            ])
        }
    }
}

extension JSONValue {
    fileprivate init(_ task: RetriedTask) {
        let value: JSONValue = [
            "studentId": .string(task.student.rawValue),
            "studentName": .string(task.studentName),
            "taskId": .string(task.task.rawValue),
            "attempt": .integer(task.attempt),
            "outcome": .string(task.outcome.rawValue),
        ]
        self = value.adding("newTaskId", JSONValue(task.newTask?.rawValue)).adding("error", JSONValue(task.reason))
    }
}
