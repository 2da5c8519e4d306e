package import GradingCore
import GRDB

extension SQLiteStore {
    package func refusals(_ page: LedgerPage) async throws(StoreError) -> [CallbackRefusal] {
        try await read { db in
            try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT id, received_at, reason, detail, sender, delivery_id, task_id, key_id, body_hash, body_bytes, count
                        FROM monitor_refusals
                        WHERE (received_at, id) < (?1, ?2) AND (?3 IS NULL OR task_id = ?3)
                        ORDER BY received_at DESC, id DESC LIMIT ?4
                        """
                ),
                arguments: [page.start.time.milliseconds, page.start.id, page.task?.rawValue, page.limit]
            ).compactMap(CallbackRefusal.init)
        }
    }

    package func recordRefusals(_ refusals: [CallbackRefusal], more: [String: Int]) async throws(StoreError) {
        try await write { db in
            for refusal in refusals { try refusal.insert(into: db) }
            let add = try db.cachedStatement(sql: "UPDATE monitor_refusals SET count = count + ? WHERE id = ?")
            for (id, count) in more { try add.execute(arguments: [count, id]) }
            try Self.forgetOldestRefusals(db)
        }
    }

    private static func forgetOldestRefusals(_ db: Database) throws {
        try db.cachedStatement(
            sql: """
                DELETE FROM monitor_refusals WHERE id IN (
                    SELECT id FROM monitor_refusals ORDER BY received_at DESC, id DESC LIMIT -1 OFFSET \(CallbackRefusal.maximumKept))
                """
        ).execute()
    }

    /// Few at any time: in one step.
    func pruneRefusals(before limit: Timestamp) async throws(StoreError) -> Int {
        try await write { db in
            try db.execute(sql: "DELETE FROM monitor_refusals WHERE received_at < ?", arguments: [limit.milliseconds])
            return db.changesCount
        }
    }
}

extension CallbackRefusal {
    fileprivate func insert(into db: Database) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO monitor_refusals
                    (id, received_at, reason, detail, sender, delivery_id, task_id, key_id, body_hash, body_bytes, count)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (id) DO NOTHING
                """
        ).execute(
            arguments: [
                id, receivedAt.milliseconds, reason.rawValue, detail, sender, deliveryID, task?.rawValue, keyID,
                bodyHash?.databaseValue, size, count,
            ]
        )
    }

    fileprivate init?(_ row: Row) {
        guard let id = row.text(0), let receivedAt = row.timestamp(1), let reason = row.text(2).flatMap(RefusalReason.init) else {
            return nil
        }
        self.init(
            id: id,
            receivedAt: receivedAt,
            reason: reason,
            detail: row.text(3) ?? "",
            sender: row.text(4) ?? "",
            deliveryID: row.text(5),
            task: row.text(6).flatMap(TaskID.init),
            keyID: row.text(7),
            bodyHash: row.bytes(8),
            size: row.integer(9),
            count: row.integer(10) ?? 1
        )
    }
}
