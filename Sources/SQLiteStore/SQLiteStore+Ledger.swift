package import GradingCore
import GRDB

extension SQLiteStore {
    package func deliveries(_ page: LedgerPage, outcome: Disposition?) async throws(StoreError) -> [LedgerDelivery] {
        try await read { db in
            try Row.fetchAll(
                db.cachedStatement(sql: Self.deliveries(of: page.task, outcome)),
                arguments: [
                    "time": page.start.time.milliseconds, "id": page.start.id, "limit": page.limit,
                ] + (page.task.map { ["task": $0.rawValue] } ?? [:])
            ).compactMap(LedgerDelivery.init)
        }
    }

    /// Each by the index that holds what it wants in the order of time: SQLite would take another where it finds one.
    static func deliveries(of task: TaskID?, _ outcome: Disposition?) -> String {
        """
        SELECT \(LedgerDelivery.columns) FROM monitor_deliveries INDEXED BY \(task == nil ? outcome.index : "monitor_deliveries_task")
        WHERE (received_at, delivery_id) < (:time, :id)\(task == nil ? "" : " AND task_id = :task")\(outcome.condition)
        ORDER BY received_at DESC, delivery_id DESC LIMIT :limit
        """
    }
}

extension Disposition? {
    /// Nearly all deliveries are `applied`: their index is that of all.
    fileprivate var index: String {
        switch self {
        case nil, .applied: "monitor_deliveries_received_at"
        case .conflict: "monitor_deliveries_conflicts"
        case .duplicate, .stale, .parked: "monitor_deliveries_outcome"
        }
    }

    /// SQL in the very words of the partial indexes: nothing else tells SQLite that they apply.
    fileprivate var condition: String {
        switch self {
        case nil: ""
        case .applied: " AND outcome = 'applied'"
        case .conflict: " AND (has_conflict OR outcome = 'conflict')"
        case .some(let outcome): " AND outcome <> 'applied' AND outcome = '\(outcome.rawValue)'"
        }
    }
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
