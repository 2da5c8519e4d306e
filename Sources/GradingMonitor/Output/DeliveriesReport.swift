import GradingCore

/// A page of the delivery ledger, in the shape of `GET /api/deliveries`.
struct DeliveriesReport: JSONReport {
    /// A delivery or a refusal; what the one or the other has not is left out.
    struct Row: Encodable {
        var refusalId: String?
        var deliveryId: String?
        var taskId: String?
        var keyId: String?
        let receivedAt: String
        let outcome: String
        var hasConflict: Bool?
        var ageSeconds: Double?
        var reason: String?
        var detail: String?
        var sender: String?
        var count: Int?
        var bodyHash: String?
        var bodyBytes: Int?
    }

    let deliveries: [Row]
    /// For `--before`; left out when these are the last.
    let nextBefore: String?

    init(_ entries: [LedgerEntry], limit: Int, at now: Timestamp) {
        deliveries = entries.map { entry in
            switch entry {
            case .delivery(let delivery): Row(delivery, at: now)
            case .refusal(let refusal): Row(refusal)
            }
        }
        nextBefore = entries.count == limit ? entries.last?.cursor.text : nil
    }

    var text: String {
        guard !deliveries.isEmpty else { return "no deliveries" }
        let more = nextBefore.map { ["older ones: --before \(LogText.escaped($0))"] } ?? []
        return (deliveries.map(\.text) + more).joined(separator: "\n")
    }
}

extension DeliveriesReport.Row {
    fileprivate init(_ delivery: LedgerDelivery, at now: Timestamp) {
        self.init(
            deliveryId: delivery.id,
            taskId: delivery.task.rawValue,
            keyId: delivery.keyID,
            receivedAt: delivery.receivedAt.iso8601,
            outcome: delivery.disposition.rawValue,
            hasConflict: delivery.hasConflict,
            ageSeconds: delivery.waiting(at: now)?.inSeconds,
            bodyHash: delivery.bodyHashText
        )
    }

    fileprivate init(_ refusal: CallbackRefusal) {
        self.init(
            refusalId: refusal.id,
            deliveryId: refusal.deliveryID,
            taskId: refusal.task?.rawValue,
            keyId: refusal.keyID,
            receivedAt: refusal.receivedAt.iso8601,
            outcome: LedgerOutcome.refused.word,
            reason: refusal.reason.rawValue,
            detail: refusal.detail,
            sender: refusal.sender,
            count: refusal.count,
            bodyHash: refusal.bodyHashText,
            bodyBytes: refusal.size
        )
    }

    /// When, what, of which task, which delivery; and below it what an operator has to know of it.
    fileprivate var text: String {
        let word = outcome + String(repeating: " ", count: max(0, 9 - outcome.count))
        let line = "\(receivedAt)  \(word)  \(taskId ?? "-")  \(deliveryId ?? "-")"
        return ([line] + notes.map { "    \($0)" }).map(LogText.escaped).joined(separator: "\n")
    }

    private var notes: [String] {
        var notes: [String] = []
        if let ageSeconds {
            notes.append("has waited for \(Duration.seconds(ageSeconds).inWords): there is no task \(taskId ?? "") yet")
        }
        if hasConflict == true { notes.append("its id came again with another body, which was refused") }
        if let reason, let detail {
            notes.append("\(reason): \(detail)")
            let times = count.map { $0 == 1 ? "once" : "\($0) times (this one and what was left out)" } ?? ""
            notes.append("from \(sender ?? "-"), \(times)")
        }
        return notes
    }
}
