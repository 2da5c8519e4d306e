package import GradingCore

extension PostgresStore {
    package func deliveries(_ page: LedgerPage, outcome: Disposition?) async throws(StoreError) -> [LedgerDelivery] {
        let (time, id, limit) = (
            Parameter.timestamp(page.start.time), Parameter.text(page.start.id), Parameter.integer(page.limit)
        )
        let query =
            page.task.map { Self.deliveriesOfTask(outcome)(time, id, limit, .text($0.rawValue)) }
            ?? Self.deliveries(outcome)(time, id, limit)
        return try await read([query]) { $0[0].rows.compactMap(LedgerDelivery.init) }
    }

    static func deliveries(_ outcome: Disposition?) -> Statement {
        ledger("deliveries_\(outcome?.rawValue ?? "all")", outcome.condition)
    }

    static func deliveriesOfTask(_ outcome: Disposition?) -> Statement {
        ledger("task_deliveries_\(outcome?.rawValue ?? "all")", outcome.condition + " AND task_id = $4")
    }

    private static func ledger(_ name: String, _ condition: String) -> Statement {
        Statement(
            name,
            """
            SELECT \(LedgerDelivery.columns) FROM \(MonitorSchema.name).deliveries
            WHERE (received_at, delivery_id COLLATE "C") < ($1, $2)\(condition)
            ORDER BY received_at DESC, delivery_id COLLATE "C" DESC LIMIT $3
            """
        )
    }
}

extension Disposition? {
    /// SQL with the words themselves, or the partial indexes would not be known to apply.
    fileprivate var condition: String {
        switch self {
        case nil: ""
        case .conflict: " AND (has_conflict OR outcome = 'conflict')"
        case .some(let outcome): " AND outcome = '\(outcome.rawValue)'"
        }
    }
}

extension LedgerDelivery {
    static let columns = "delivery_id, task_id, key_id, received_at, outcome, has_conflict, body_hash"
    static let columnCount: Int32 = 7

    init?(_ row: ResultRow) {
        guard let id = row.text(0), let task = row.text(1).flatMap(TaskID.init), let keyID = row.text(2),
            let receivedAt = row.timestamp(3), let disposition = row.text(4).flatMap(Disposition.init)
        else { return nil }
        self.init(
            id: id,
            task: task,
            keyID: keyID,
            receivedAt: receivedAt,
            disposition: disposition,
            hasConflict: row.flag(5),
            bodyHash: row.bytes(6) ?? []
        )
    }
}
