import GradingCore
import HTTPTypes
import Logging
import NIOHTTP1

/// Where the grading server's callbacks come in. An answer of 2xx means: committed.
struct WebhookRoutes: Sendable {
    static let path = "/api/webhooks/grading"

    let commits: CommitQueue
    let verifier: SignatureVerifier
    let decoder: ReportDecoder
    let refusals: RefusalRecorder
    let limiter: RequestLimiter
    let badSignatureLimit: RateLimit
    let drain: Drain
    let wallClock: WallClock
    let logger: Logger

    var endpoints: [Endpoint] {
        [
            Endpoint("\(Self.path)/{taskId}", .post, .put, promptly: receive),
            Endpoint(Self.path, .post, .put, promptly: receive),
        ]
    }

    /// The order of checks is fixed: size (before this), signature over the raw bytes, UTF-8, content type, JSON, schema.
    /// So nothing that is not signed ever reaches a parser.
    ///
    /// All of it happens on the connection's event loop, and no task waits for the commit: a hop there and back would cost a
    /// callback a seventh of its time.
    private func receive(_ request: APIRequest, reply: Reply) {
        do throws(Problem) {
            guard !drain.isUnderWay else { throw .draining }
            let now = wallClock.now()
            let verified = try verify(request, now: now)
            let report = try report(of: verified, in: request, now: now)
            let (task, deliveryID) = (report.task, verified.delivery.id)
            commits.submit(report) { result in
                reply.send { CallbackAnswer(outcome: try result.get(), task: task, deliveryID: deliveryID).response }
            }
        } catch {
            reply.send { throw error }
        }
    }

    // MARK: The signature

    /// The limit is asked only after a refusal: whoever signs well is never kept waiting by those who do not.
    private func verify(_ request: APIRequest, now: Timestamp) throws(Problem) -> VerifiedDelivery {
        let body = request.bodyBytes()
        do {
            return try verifier.verify(SignatureHeaders(request.fields), body: body, now: now)
        } catch {
            refusals.note(refused(RefusalReason(error), request, body: body, now: now))
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

    // MARK: The body

    private func report(of verified: VerifiedDelivery, in request: APIRequest, now: Timestamp) throws(Problem) -> TaskReport {
        do throws(CallbackFault) {
            try checkDeclaredType(of: request, body: verified.body)
            let provenance = Provenance(source: .callback, observedAt: now, delivery: verified.delivery)
            return try decode(verified, task: try pathTask(of: request), provenance: provenance)
        } catch {
            let refused = refused(
                error.reason,
                detail: error.detail,
                request,
                body: verified.body,
                delivery: verified.delivery,
                now: now
            )
            refusals.note(refused)
            throw error.problem
        }
    }

    /// Bytes that are not UTF-8 come before a wrong content type; where the type is right, the scan of the JSON finds them.
    private func checkDeclaredType(of request: APIRequest, body: [UInt8]) throws(CallbackFault) {
        guard request.isDeclaredOtherThanJSON else { return }
        throw String(validating: body, as: UTF8.self) == nil ? .notUTF8 : .notJSON
    }

    private func pathTask(of request: APIRequest) throws(CallbackFault) -> TaskID? {
        guard !request.parameters.isEmpty else { return nil }
        guard let task = try? request.taskID() else { throw .badTaskID }
        return task
    }

    /// The path is not signed. A signed delivery id keeps a captured body from being sent to another task's path; under the
    /// schemes that sign none, the body itself must name its task.
    private func decode(
        _ verified: VerifiedDelivery,
        task: TaskID?,
        provenance: Provenance
    ) throws(CallbackFault) -> TaskReport {
        let report: TaskReport
        do {
            report = try decoder.decode(verified.body, task: verified.hasSignedID ? task : nil, provenance: provenance)
        } catch {
            throw .unreadable(error)
        }
        guard task == nil || report.task == task else { throw .taskMismatch }
        return report
    }

    // MARK: The ledger

    private func refused(
        _ reason: RefusalReason,
        detail: String? = nil,
        _ request: APIRequest,
        body: [UInt8],
        delivery: Delivery? = nil,
        now: Timestamp
    ) -> RefusedCallback {
        RefusedCallback(
            reason,
            detail: detail,
            receivedAt: now,
            sender: limiter.clients.client(of: request),
            headers: SignatureHeaders(request.fields),
            body: body,
            task: request.parameters.isEmpty ? nil : try? request.taskID(),
            delivery: delivery
        )
    }
}

extension SignatureHeaders {
    init(_ fields: HTTPHeaders) {
        self.init(fields.map { (name: $0.name, value: $0.value.trimmed) })
    }
}

extension String {
    /// Without the optional white space behind a field's value, which is not part of it (RFC 9110, section 5.5).
    fileprivate var trimmed: String {
        guard let last = utf8.last, last == UInt8(ascii: " ") || last == UInt8(ascii: "\t") else { return self }
        let end = utf8.lastIndex { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
        return end.map { String(self[...$0]) } ?? ""
    }
}
