package import GradingCore
import GRDB

extension SQLiteStore {
    package func deliveries(_ page: LedgerPage, outcome: Disposition?) async throws(StoreError) -> [LedgerDelivery] {
        try await read { db in
            guard let rows = LedgerRows(outcome) else {
                return try Self.latestDeliveries(page, appliedOnly: outcome == .applied, in: db)
            }
            return try Row.fetchAll(
                db.cachedStatement(sql: rows.sql),
                arguments: [page.start.time.milliseconds, page.start.id, page.task?.rawValue, page.limit]
            ).compactMap(LedgerDelivery.init)
        }
    }

    /// All of them, or nearly all: backwards through the table, whose rows were added in the order of time, so that no index on the
    /// time has to be kept with every commit. The rows of one moment are read to their end, and sorted then.
    private static func latestDeliveries(
        _ page: LedgerPage,
        appliedOnly: Bool,
        in db: Database
    ) throws -> [LedgerDelivery] {
        let newer = page.start.time.advanced(by: .milliseconds(1))
        let end = try first("monitor_deliveries", "rowid", after: newer, by: "received_at", in: db)
        let statement = try db.cachedStatement(sql: LedgerRows.backwards)
        let rows = try Row.fetchCursor(
            statement,
            arguments: [end, page.start.time.milliseconds, page.start.id, appliedOnly, page.task?.rawValue]
        )
        var deliveries: [LedgerDelivery] = []
        while let row = try rows.next() {
            guard let delivery = LedgerDelivery(row) else { continue }
            if deliveries.count >= page.limit, delivery.receivedAt < deliveries[page.limit - 1].receivedAt { break }
            deliveries.append(delivery)
        }
        let newestFirst = deliveries.sorted { ($0.receivedAt, $0.id) > ($1.receivedAt, $1.id) }
        return Array(newestFirst.prefix(page.limit))
    }
}

/// Rows of the ledger that an index holds in the order of time.
struct LedgerRows {
    private let index: String
    /// SQL in the very words of the partial indexes: nothing else tells SQLite that they apply.
    private let condition: String

    /// `nil` where no index holds them: all, and those that are `applied`, as nearly all are.
    init?(_ outcome: Disposition?) {
        switch outcome {
        case nil, .applied: return nil
        case .conflict:
            index = "monitor_deliveries_conflicts"
            condition = "(has_conflict OR outcome = 'conflict')"
        case .some(let outcome):
            index = "monitor_deliveries_outcome"
            condition = "outcome <> 'applied' AND outcome = '\(outcome.rawValue)'"
        }
    }

    var sql: String {
        """
        SELECT \(LedgerDelivery.columns) FROM monitor_deliveries INDEXED BY \(index)
        WHERE (received_at, delivery_id) < (?1, ?2) AND \(condition) AND (?3 IS NULL OR task_id = ?3)
        ORDER BY received_at DESC, delivery_id DESC LIMIT ?4
        """
    }

    static let backwards = """
        SELECT \(LedgerDelivery.columns) FROM monitor_deliveries
        WHERE rowid < ?1 AND (received_at, delivery_id) < (?2, ?3) AND (NOT ?4 OR outcome = 'applied')
            AND (?5 IS NULL OR task_id = ?5)
        ORDER BY rowid DESC
        """
}

extension LedgerDelivery {
    static let columns = "delivery_id, task_id, key_id, received_at, outcome, has_conflict, body_hash"
    static let columnCount = 7

    init?(_ row: Row) {
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
