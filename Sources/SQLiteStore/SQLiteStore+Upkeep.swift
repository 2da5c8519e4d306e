package import GradingCore
import GRDB

extension SQLiteStore {
    package func verifyWritable() async throws(StoreError) {
        try file.verify()
        // Committed for real: a transaction that is rolled back never reaches the disk, and so succeeds on one that is full.
        try await write { db in
            try db.cachedStatement(sql: "INSERT OR REPLACE INTO monitor_meta (key, value) VALUES ('writable', 1)").execute()
        }
    }

    package func prune(_ limits: PruneLimits) async throws(StoreError) -> Int {
        try await prune("monitor_deliveries", at: "received_at", before: limits.deliveriesBefore) {
            "(outcome <> 'parked' OR received_at < \(limits.parkedBefore.milliseconds))"
        } + prune("monitor_changes", at: "at", before: limits.changesBefore) { "TRUE" }
            + pruneRefusals(before: limits.deliveriesBefore)
    }

    /// Goes through a table in the order of its rowid, which is that of time, and stops at the first row that is young.
    /// In small steps, so that callbacks never wait long behind it.
    private func prune(
        _ table: String,
        at column: String,
        before limit: Timestamp,
        where condition: @escaping @Sendable () -> String
    ) async throws(StoreError) -> Int {
        var pruned = 0
        var position = Int64.min
        while true {
            let from = position
            let step = try await write { db in
                try PruneStep.perform(db, table, column, from: from, limit, condition())
            }
            pruned += step.deleted
            guard let next = step.next else { return pruned }
            position = next
        }
    }
}

/// Up to 500 rows of a table.
private struct PruneStep: Sendable {
    let deleted: Int
    /// The last rowid that was looked at; `nil` when the rest is young.
    let next: Int64?

    static func perform(
        _ db: Database,
        _ table: String,
        _ column: String,
        from position: Int64,
        _ limit: Timestamp,
        _ condition: String
    ) throws -> PruneStep {
        let rows = "SELECT rowid AS position, \(column) AS at FROM \(table) WHERE rowid > ? ORDER BY rowid LIMIT 500"
        let bounds = try Row.fetchOne(db, sql: "SELECT max(position), max(at) FROM (\(rows))", arguments: [position])
        guard let bounds, let last = bounds.integer(0), let youngest = bounds.timestamp(1) else {
            return PruneStep(deleted: 0, next: nil)
        }
        try db.execute(
            sql: "DELETE FROM \(table) WHERE rowid > ? AND rowid <= ? AND \(column) < ? AND \(condition)",
            arguments: [position, last, limit.milliseconds]
        )
        return PruneStep(deleted: db.changesCount, next: youngest < limit ? Int64(last) : nil)
    }
}
