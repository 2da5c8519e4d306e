package import GradingCore

extension PostgresStore {
    package func verifyWritable() async throws(StoreError) {
        try await write { (transaction) throws(PostgresError) in _ = try transaction.commit([Self.touch()]) }
    }

    package func prune(_ limits: PruneLimits) async throws(StoreError) -> Int {
        var pruned = 0
        for step in [
            Self.pruneDeliveries(.timestamp(limits.deliveriesBefore), .timestamp(limits.parkedBefore)),
            Self.pruneChanges(.timestamp(limits.changesBefore)),
            Self.pruneRateLimits(.timestamp(limits.changesBefore)), Self.pruneRefusals(.timestamp(limits.deliveriesBefore)),
        ] {
            while true {
                let deleted = try await write { (transaction) throws(PostgresError) in
                    try transaction.commit([step])[0].changedRows
                }
                pruned += deleted
                if deleted < Self.pruneStep { break }
            }
        }
        return pruned
    }

    /// Rows in one step: callbacks never wait long behind it.
    private static let pruneStep = 500

    /// Committed for real: a transaction that is rolled back never reaches the disk, and so succeeds on one that is full.
    static let touch = Statement(
        "touch",
        """
        INSERT INTO \(MonitorSchema.name).meta (key, value) VALUES ('writable', '1')
        ON CONFLICT (key) DO UPDATE SET value = excluded.value
        """
    )

    /// An array, because a join of the ledger with its oldest rows may read all of it.
    static let pruneDeliveries = Statement(
        "prune_deliveries",
        """
        DELETE FROM \(MonitorSchema.name).deliveries WHERE delivery_id = ANY (ARRAY(
            SELECT delivery_id FROM \(MonitorSchema.name).deliveries
            WHERE received_at < $1 AND (outcome <> 'parked' OR received_at < $2)
            ORDER BY received_at LIMIT \(pruneStep) FOR UPDATE SKIP LOCKED))
        """
    )

    /// The sequence is the order of time, nearly enough to stop at the first row that is young.
    static let pruneChanges = Statement(
        "prune_changes",
        """
        DELETE FROM \(MonitorSchema.name).changes WHERE sequence IN (
            SELECT sequence FROM (
                SELECT sequence, at FROM \(MonitorSchema.name).changes ORDER BY sequence LIMIT \(pruneStep)
            ) AS oldest WHERE at < $1)
        """
    )

    /// Whose quota has long been whole again.
    static let pruneRateLimits = Statement(
        "prune_rate_limits",
        "DELETE FROM \(MonitorSchema.name).rate_limits WHERE tat < extract(epoch FROM $1) * 1000000"
    )
}
