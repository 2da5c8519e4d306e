import GradingCore
import HTTPTypes
import HummingbirdCore

/// Another attempt for the failed students of a session.
struct RetryRoutes: Sendable {
    let retry: SessionRetry
    let gatekeeper: Gatekeeper
    let access: Access
    let limits: RateLimits
    let wallClock: WallClock

    var endpoints: [Endpoint] {
        [
            Endpoint(
                "/api/sessions/{id}/retry",
                .post,
                handler: gatekeeper.guarding(access.operator, limit: limits.manual) { try await run($0) }
            )
        ]
    }

    private func run(_ request: APIRequest) async throws -> Response {
        let session = try request.sessionID()
        guard let tasks = try await retry.run(on: session) else { throw Problem.noSuchSession }
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
}

extension JSONValue {
    fileprivate init(_ task: RetriedTask) {
        self = [
            "studentId": .string(task.student.rawValue),
            "studentName": .string(task.studentName),
            "taskId": .string(task.task.rawValue),
            "attempt": .integer(task.attempt),
            "outcome": .string(task.outcome.rawValue),
        ]
    }
}
