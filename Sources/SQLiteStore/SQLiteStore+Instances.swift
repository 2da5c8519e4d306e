package import GradingCore
import GRDB

extension SQLiteStore {
    package func acquire(_ lease: InstanceLease) async throws(StoreError) -> Bool {
        try await write { db in
            try db.cachedStatement(
                sql: """
                    INSERT INTO monitor_leases (name, owner, expires_at) VALUES (?1, ?2, ?3)
                    ON CONFLICT (name) DO UPDATE SET owner = ?2, expires_at = ?3
                    WHERE monitor_leases.owner = ?2 OR monitor_leases.expires_at <= ?4
                    """
            ).execute(arguments: [lease.name, lease.owner, lease.expiresAt.milliseconds, lease.now.milliseconds])
            return db.changesCount > 0
        }
    }

    package func releaseLease(named name: String, owner: String) async throws(StoreError) {
        try await write { db in
            try db.cachedStatement(sql: "DELETE FROM monitor_leases WHERE name = ? AND owner = ?")
                .execute(arguments: [name, owner])
        }
    }

    /// One process serves a file, so its own memory is the whole count.
    package func take(
        _ limit: RateLimit,
        client: String,
        at now: Timestamp
    ) async throws(StoreError) -> RateLimitDecision? {
        nil
    }
}
