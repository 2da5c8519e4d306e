package import GradingCore

extension PostgresStore {
    package func refusals(_ page: LedgerPage) async throws(StoreError) -> [CallbackRefusal] {
        let query = Self.refusals(
            .timestamp(page.start.time),
            .text(page.start.id),
            .text(page.task?.rawValue),
            .integer(page.limit)
        )
        return try await read([query]) { $0[0].rows.compactMap(CallbackRefusal.init) }
    }

    package func recordRefusals(_ refusals: [CallbackRefusal], more: [String: Int]) async throws(StoreError) {
        let more = more.sorted { $0.key < $1.key }
        try await write { (transaction) throws(PostgresError) in
            _ = try transaction.commit([
                Self.insertRefusals(refusals), Self.addToRefusals(.texts(more.map(\.key)), .integers(more.map(\.value))),
                Self.forgetOldestRefusals(),
            ])
        }
    }

    /// At most as many rows as are ever kept: it may read them all.
    static let refusals = Statement(
        "refusals",
        """
        SELECT id, received_at, reason, detail, sender, delivery_id, task_id, key_id, body_hash, body_bytes, count
        FROM \(MonitorSchema.name).refusals
        WHERE (received_at, id COLLATE "C") < ($1, $2) AND ($3 IS NULL OR task_id = $3)
        ORDER BY received_at DESC, id COLLATE "C" DESC LIMIT $4
        """
    )

    private static let insertRefusals = Statement(
        "insert_refusals",
        """
        INSERT INTO \(MonitorSchema.name).refusals
            (id, received_at, reason, detail, sender, delivery_id, task_id, key_id, body_hash, body_bytes, count)
        SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        ON CONFLICT (id) DO NOTHING
        """
    )

    static let addToRefusals = Statement(
        "add_to_refusals",
        """
        UPDATE \(MonitorSchema.name).refusals r SET count = r.count + m.count
        FROM unnest($1, $2) AS m(id, count) WHERE r.id = m.id
        """
    )

    static let forgetOldestRefusals = Statement(
        "forget_oldest_refusals",
        """
        DELETE FROM \(MonitorSchema.name).refusals WHERE id = ANY (ARRAY(
            SELECT id FROM \(MonitorSchema.name).refusals
            ORDER BY received_at DESC OFFSET \(CallbackRefusal.maximumKept)))
        """
    )

    static let pruneRefusals = Statement(
        "prune_refusals",
        "DELETE FROM \(MonitorSchema.name).refusals WHERE received_at < $1"
    )

    static func insertRefusals(_ refusals: [CallbackRefusal]) -> Query {
        insertRefusals(
            .texts(refusals.map(\.id)),
            .timestamps(refusals.map(\.receivedAt)),
            .texts(refusals.map(\.reason.rawValue)),
            .texts(refusals.map(\.detail)),
            .texts(refusals.map(\.sender)),
            .texts(refusals.map(\.deliveryID)),
            .texts(refusals.map(\.task?.rawValue)),
            .texts(refusals.map(\.keyID)),
            .byteArrays(refusals.map(\.bodyHash)),
            .integers(refusals.map(\.size)),
            .integers(refusals.map(\.count))
        )
    }
}

extension CallbackRefusal {
    fileprivate init?(_ row: ResultRow) {
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
