import GradingCore
import HTTPTypes

/// Where a session stands, and its log.
struct SessionRoutes: Sendable {
    let store: any Store
    let gatekeeper: Gatekeeper
    let access: Access
    let wallClock: WallClock

    var endpoints: [Endpoint] {
        [
            Endpoint(
                "/api/sessions/{id}/status",
                .get,
                .head,
                handler: gatekeeper.guarding(access.operator) { try await status($0) }
            ),
            Endpoint(
                "/api/sessions/{id}/logs",
                [
                    (.get, gatekeeper.guarding(access.operator) { try await logs($0) }),
                    (.head, gatekeeper.guarding(access.operator) { try await logs($0) }),
                    (.post, gatekeeper.guarding(access.operator) { try await addLog($0) }),
                ]
            ),
        ]
    }

    private func status(_ request: APIRequest) async throws -> APIResponse {
        guard let summary = try await store.sessionSummary(try request.sessionID()) else { throw Problem.noSuchSession }
        return .json([
            "id": .string(summary.id.rawValue),
            "status": .string(store.sessionWords.word(for: summary.status)),
            "completedStudents": .integer(summary.students.completed),
            "totalStudents": .integer(summary.students.total),
            "failedStudents": .integer(summary.students.failed),
            "processingStudents": .integer(summary.students.processing),
            "pendingStudents": .integer(summary.students.pending),
        ])
    }

    // MARK: Logs

    private func logs(_ request: APIRequest) async throws -> APIResponse {
        let session = try request.sessionID()
        let page = try LogPage(request)
        guard let rows = try await rows(of: session, page, student: try request.queryValue("studentId")) else {
            throw Problem.noSuchSession
        }
        return .json([
            "sessionId": .string(session.rawValue),
            "logs": .array(rows.map(JSONValue.init)),
            "nextBefore": JSONValue(page.next(after: rows)),
        ])
    }

    /// - Parameter student: only the rows about this one, by row id or by the institution's number.
    private func rows(of session: SessionID, _ page: LogPage, student: String?) async throws(StoreError) -> [SessionLog]? {
        guard let student else { return try await store.logs(of: session, limit: page.limit, before: page.before) }
        return try await store.logs(of: session, student: student, limit: page.limit, before: page.before)
    }

    /// A page of 1,000 rows is answered in one piece.
    private static let maximumMetadataBytes = 64 << 10

    private func addLog(_ request: APIRequest) async throws -> APIResponse {
        let session = try request.sessionID()
        let body = try request.strictJSON(NewLogBody.self)
        let metadata = try StrictJSON.member("metadata", of: request.bodyBytes())
        guard metadata?.utf8.count ?? 0 <= Self.maximumMetadataBytes else {
            throw Problem(.badRequest, "metadata is larger than \(Self.maximumMetadataBytes) bytes")
        }
        let entry = body.entry(for: session, metadata: metadata)
        guard let row = try await store.addLog(entry, at: wallClock.now()) else { throw Problem.noSuchSession }
        return .json(JSONValue(row), status: .created)
    }
}
