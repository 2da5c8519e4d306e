package import GradingCore

extension PostgresStore {
    package func acquire(_ lease: InstanceLease) async throws(StoreError) -> Bool {
        let query = Self.acquireLease(
            .text(lease.name),
            .text(lease.owner),
            .timestamp(lease.expiresAt),
            .timestamp(lease.now)
        )
        return try await write { (transaction) throws(PostgresError) in try transaction.commit([query])[0].count > 0 }
    }

    package func releaseLease(named name: String, owner: String) async throws(StoreError) {
        let query = Self.endLease(.text(name), .text(owner))
        try await write { (transaction) throws(PostgresError) in _ = try transaction.commit([query]) }
    }

    package func take(
        _ limit: RateLimit,
        client: String,
        at now: Timestamp
    ) async throws(StoreError) -> RateLimitDecision? {
        let gcra = GCRA(limit)
        let query = Self.takeToken(
            .text(limit.name),
            .text(client),
            .integer(Int(now.microseconds)),
            .integer(Int(gcra.window)),
            .integer(Int(gcra.emission))
        )
        return try await write { (transaction) throws(PostgresError) in
            guard let row = try transaction.commit([query])[0].first, let tat = row.integer(0) else {
                throw .connection("an answer is missing")
            }
            return gcra.decision(tat: Int64(tat), isAllowed: row.flag(1), now: now.microseconds)
        }
    }

    /// ``GCRA`` as one statement: whoever comes second waits for the first one's row.
    static let takeToken = Statement(
        "take_token",
        """
        INSERT INTO \(MonitorSchema.name).rate_limits AS r (name, client, tat, allowed) VALUES ($1, $2, $3 + $5, $5 <= $4)
        ON CONFLICT (name, client) DO UPDATE
        SET allowed = least(greatest(r.tat, $3), $3 + $4) + $5 - $3 <= $4,
            tat = least(greatest(r.tat, $3), $3 + $4)
                + CASE WHEN least(greatest(r.tat, $3), $3 + $4) + $5 - $3 <= $4 THEN $5 ELSE 0 END
        RETURNING tat, allowed
        """
    )

    /// No row comes back while another owner's lease stands.
    static let acquireLease = Statement(
        "acquire_lease",
        """
        INSERT INTO \(MonitorSchema.name).leases AS l (name, owner, expires_at) VALUES ($1, $2, $3)
        ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, expires_at = excluded.expires_at
        WHERE l.owner = excluded.owner OR l.expires_at <= $4
        RETURNING l.owner
        """
    )

    static let endLease = Statement(
        "end_lease",
        "DELETE FROM \(MonitorSchema.name).leases WHERE name = $1 AND owner = $2"
    )
}
