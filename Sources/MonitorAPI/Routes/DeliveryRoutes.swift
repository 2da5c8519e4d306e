import GradingCore
import HTTPTypes

/// The delivery ledger: what came, what became of it, and what was refused and why.
struct DeliveryRoutes: Sendable {
    let store: any Store
    let commits: CommitQueue
    let gatekeeper: Gatekeeper
    let access: Access
    let limits: RateLimits
    let wallClock: WallClock

    var endpoints: [Endpoint] {
        [
            Endpoint("/api/deliveries", .get, .head, handler: gatekeeper.guarding(access.operator) { try await list($0) }),
            Endpoint(
                "/api/deliveries/{id}/replay",
                .post,
                handler: gatekeeper.guarding(access.operator, limit: limits.manual) { try await replay($0) }
            ),
        ]
    }

    private func list(_ request: APIRequest) async throws -> APIResponse {
        let page = try LogPage(request)
        let wanted = LedgerPage(limit: page.limit, before: page.before, task: try request.queryValue("task").map(Self.task))
        let outcome = try request.queryValue("outcome").map(Self.outcome)
        let entries = try await DeliveryLedger(store: store).entries(wanted, outcome: outcome)
        let now = wallClock.now()
        return .json([
            "deliveries": .array(entries.map { JSONValue($0, at: now) }),
            "nextBefore": JSONValue(page.next(after: entries.map(\.cursor))),
        ])
    }

    private static func task(_ text: String) throws(Problem) -> TaskID {
        guard let task = TaskID(text) else { throw .badTaskID }
        return task
    }

    private static func outcome(_ word: String) throws(Problem) -> LedgerOutcome {
        guard let outcome = LedgerOutcome(word: word) else {
            let words = LedgerOutcome.allCases.map(\.word).joined(separator: ", ")
            throw Problem(.badRequest, "outcome is not one of \(words).")
        }
        return outcome
    }

    private func replay(_ request: APIRequest) async throws -> APIResponse {
        guard let id = request.parameters[0].percentDecoded else { throw Problem.noSuchDelivery }
        switch try await DeliveryReplay(store: store, commits: commits).run(id) {
        case .noSuchDelivery: throw Problem.noSuchDelivery
        case .settled(let delivery):
            throw Problem(
                .conflict,
                "This delivery is not parked: it was \(delivery.disposition.rawValue), and its report is not kept."
            )
        case .unreadable: throw Problem(.conflict, "What is kept of this delivery cannot be read back.")
        case .replayed(let delivery, let outcome):
            return .json([
                "message": "Delivery replayed",
                "timestamp": .string(wallClock.now().iso8601),
                "result": [
                    "deliveryId": .string(delivery.id),
                    "taskId": .string(delivery.task.rawValue),
                    "outcome": .string(outcome.disposition.rawValue),
                    "status": JSONValue(outcome.status?.rawValue),
                ],
            ])
        }
    }
}

extension Problem {
    fileprivate static let noSuchDelivery = Problem(.notFound, "There is no such delivery.")
}

extension JSONValue {
    fileprivate init(_ entry: LedgerEntry, at now: Timestamp) {
        switch entry {
        case .delivery(let delivery): self.init(delivery, at: now)
        case .refusal(let refusal): self.init(refusal)
        }
    }

    private init(_ delivery: LedgerDelivery, at now: Timestamp) {
        let document: JSONValue = [
            "deliveryId": .string(delivery.id),
            "taskId": .string(delivery.task.rawValue),
            "keyId": .string(delivery.keyID),
            "receivedAt": .string(delivery.receivedAt.iso8601),
            "outcome": .string(delivery.disposition.rawValue),
            "hasConflict": .bool(delivery.hasConflict),
            "bodyHash": .string(delivery.bodyHashText),
        ]
        self = delivery.waiting(at: now).map { document.adding("ageSeconds", .number($0.inSeconds)) } ?? document
    }

    /// What nobody knows of it is null.
    private init(_ refusal: CallbackRefusal) {
        self = [
            "refusalId": .string(refusal.id),
            "deliveryId": JSONValue(refusal.deliveryID),
            "taskId": JSONValue(refusal.task?.rawValue),
            "keyId": JSONValue(refusal.keyID),
            "receivedAt": .string(refusal.receivedAt.iso8601),
            "outcome": .string(LedgerOutcome.refused.word),
            "reason": .string(refusal.reason.rawValue),
            "detail": .string(refusal.detail),
            "sender": .string(refusal.sender),
            "count": .integer(refusal.count),
            "bodyHash": JSONValue(refusal.bodyHashText),
            "bodyBytes": refusal.size.map(JSONValue.integer) ?? .null,
        ]
    }
}
