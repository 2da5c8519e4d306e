import GradingCore
import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore

/// Where the grading server's callbacks come in. An answer of 2xx means: committed.
struct WebhookRoutes: Sendable {
    let commits: CommitQueue
    let verifier: SignatureVerifier
    let decoder: ReportDecoder
    let limiter: RequestLimiter
    let badSignatureLimit: RateLimit
    let drain: Drain
    let wallClock: WallClock
    let logger: Logger

    var endpoints: [Endpoint] {
        [
            Endpoint("/api/webhooks/grading", .post, .put) { try await receive($0) },
            Endpoint("/api/webhooks/grading/{taskId}", .post, .put) { try await receive($0) },
        ]
    }

    /// The order of checks is fixed: size (before this), signature over the raw bytes, UTF-8, content type, JSON, schema.
    /// So nothing that is not signed ever reaches a parser.
    private func receive(_ request: APIRequest) async throws -> Response {
        guard !drain.isUnderWay else { throw Problem.draining }
        let now = wallClock.now()
        let verified = try verify(request, now: now)
        try checkDeclaredType(of: request, body: verified.body)
        let task = request.parameters.isEmpty ? nil : try request.taskID()
        let provenance = Provenance(source: .callback, observedAt: now, delivery: verified.delivery)
        let report = try decode(verified, task: task, provenance: provenance)
        let outcome = try await commits.submit(report)
        return CallbackAnswer(outcome: outcome, task: report.task, deliveryID: verified.delivery.id).response
    }

    /// The path is not signed. A signed delivery id keeps a captured body from being sent to another task's path; under the
    /// schemes that sign none, the body itself must name its task.
    private func decode(_ verified: VerifiedDelivery, task: TaskID?, provenance: Provenance) throws -> TaskReport {
        if verified.hasSignedID {
            return try decoder.decode(verified.body, task: task, provenance: provenance)
        }
        let report = try decoder.decode(verified.body, task: nil, provenance: provenance)
        guard task == nil || report.task == task else {
            throw Problem(.badRequest, "The task id in the path and the one in the body differ.")
        }
        return report
    }

    /// The limit is asked only after a refusal: whoever signs well is never kept waiting by those who do not.
    private func verify(_ request: APIRequest, now: Timestamp) throws -> VerifiedDelivery {
        let headers = SignatureHeaders { [fields = request.headers] name in
            HTTPField.Name(name).map { fields[values: $0] } ?? []
        }
        do {
            return try verifier.verify(headers, body: request.bodyBytes(), now: now)
        } catch {
            let verdict = limiter.take(badSignatureLimit, request)
            // A flood is not to fill the log: over the limit, nobody is told unless they look closely.
            logger.log(
                level: verdict.decision.isAllowed ? .info : .debug,
                "Refused a callback's signature.",
                metadata: ["reason": "\(error.rawValue)", "request": "\(request.id)"]
            )
            throw verdict.decision.isAllowed ? Problem.badSignature : verdict.problem
        }
    }

    /// Bytes that are not UTF-8 come before a wrong content type; where the type is right, the scan of the JSON finds them.
    private func checkDeclaredType(of request: APIRequest, body: [UInt8]) throws(Problem) {
        guard request.isDeclaredOtherThanJSON else { return }
        guard String(validating: body, as: UTF8.self) != nil else {
            throw Problem(.badRequest, "The body is not UTF-8.")
        }
        throw .notJSON
    }
}
