import GradingCore
import HTTPTypes

/// What the web app shows of one task: its student, its log, and whether its result holds.
struct TaskDetailRoutes: Sendable {
    let store: any Store
    let decoder: ReportDecoder
    let gatekeeper: Gatekeeper
    let access: Access

    var endpoints: [Endpoint] {
        [
            endpoint("logs") { try await logs($0) },
            endpoint("student") { try await student($0) },
            endpoint("verify-results") { try await verification($0) },
        ]
    }

    private func endpoint(_ name: String, _ handler: @escaping Endpoint.Handler) -> Endpoint {
        Endpoint("/api/tasks/{taskId}/\(name)", .get, .head, handler: gatekeeper.guarding(access.operator, handler))
    }

    private func record(of request: APIRequest) async throws -> StudentRecord {
        guard let record = try await store.student(of: try request.taskID()) else { throw Problem.noSuchTask }
        return record
    }

    /// The rows of the session's log that are about this task's student.
    private func logs(_ request: APIRequest) async throws -> APIResponse {
        let page = try LogPage(request)
        let record = try await record(of: request)
        let rows = try await store.logs(
            of: record.task.session,
            student: record.task.student.rawValue,
            limit: page.limit,
            before: page.before
        )
        guard let rows else { throw Problem.noSuchTask }
        return .json([
            "taskId": .string(record.task.task.rawValue),
            "sessionId": .string(record.task.session.rawValue),
            "studentId": .string(record.task.student.rawValue),
            "logs": .array(rows.map(JSONValue.init)),
            "nextBefore": JSONValue(page.next(after: rows)),
        ])
    }

    private func student(_ request: APIRequest) async throws -> APIResponse {
        let record = try await record(of: request)
        return .json(["taskId": .string(record.task.task.rawValue), "student": JSONValue(record)])
    }

    private func verification(_ request: APIRequest) async throws -> APIResponse {
        let record = try await record(of: request)
        let verification = ResultVerification(record, decoder: decoder)
        return .json([
            "taskId": .string(record.task.task.rawValue),
            "status": .string(record.task.status.rawValue),
            "verified": .bool(verification.problems.isEmpty),
            "problems": .array(verification.problems.map(JSONValue.string)),
            "hasResults": .bool(verification.result != nil),
            "totalScore": JSONValue(record.totalScore),
            "maxScore": JSONValue(record.maxScore),
            "percentage": JSONValue(record.percentage),
            "gradedAt": JSONValue(record.gradedAt?.iso8601),
        ])
    }
}

extension JSONValue {
    /// A student under the names of the web app's columns, of both its generations.
    fileprivate init(_ record: StudentRecord) {
        self = [
            "id": .string(record.task.student.rawValue),
            "name": .string(record.task.studentName),
            "studentName": .string(record.task.studentName),
            "studentId": JSONValue(record.studentID),
            "taskId": .string(record.task.task.rawValue),
            "gradingSessionId": .string(record.task.session.rawValue),
            "status": .string(record.task.status.rawValue),
            "attempt": .integer(record.task.attempt),
            "totalScore": JSONValue(record.totalScore),
            "maxScore": JSONValue(record.maxScore),
            "percentage": JSONValue(record.percentage),
            "createdAt": JSONValue(record.createdAt?.iso8601),
            "updatedAt": JSONValue(record.updatedAt?.iso8601),
            "gradedAt": JSONValue(record.gradedAt?.iso8601),
            "error": JSONValue(record.lastError),
            "lostSince": JSONValue(record.loss?.since.iso8601),
            "lostEvidence": JSONValue(record.loss?.evidence.rawValue),
            "rawGradingOutput": .stored(record.rawResult),
        ]
    }
}
