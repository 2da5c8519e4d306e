package import GradingCore
import GRDB
import Logging

extension SQLiteStore {
    package func parkedReports(limit: Int) async throws(StoreError) -> [TaskReport] {
        let parked = try await read { db in
            try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT d.delivery_id, d.body_hash, d.key_id, d.task_id, d.received_at, d.report
                        FROM monitor_deliveries d
                        WHERE d.outcome = 'parked' AND EXISTS (SELECT 1 FROM students s WHERE s.taskId = d.task_id)
                        ORDER BY d.received_at LIMIT ?
                        """
                ),
                arguments: [limit]
            ).map { row in
                ParkedReport(
                    delivery: Delivery(id: row[0], bodyHash: row.bytes(1) ?? [], keyID: row[2]),
                    task: row[3],
                    receivedAt: Timestamp(milliseconds: row[4]),
                    report: row.bytes(5) ?? []
                )
            }
        }
        return parked.compactMap { report in
            do {
                return try report.decoded()
            } catch {
                logger.error("a parked callback cannot be read back", metadata: ["task": "\(report.task)", "reason": "\(error)"])
                return nil
            }
        }
    }

    package func pruneDeliveries(receivedBefore limit: Timestamp) async throws(StoreError) -> Int {
        var pruned = 0
        while true {
            // Small steps, so that callbacks never wait long behind the pruning.
            let step = try await write { db in
                try db.execute(
                    sql: """
                        DELETE FROM monitor_deliveries WHERE rowid IN
                            (SELECT rowid FROM (SELECT rowid, received_at FROM monitor_deliveries ORDER BY rowid LIMIT 500)
                             WHERE received_at < ?)
                        """,
                    arguments: [limit.milliseconds]
                )
                return db.changesCount
            }
            pruned += step
            if step < 500 { return pruned }
        }
    }
}

/// A delivery that waits for its task.
private struct ParkedReport: Sendable {
    let delivery: Delivery
    let task: String
    let receivedAt: Timestamp
    let report: [UInt8]

    func decoded() throws(ReportDecodingError) -> TaskReport {
        try ReportDecoder().decode(
            report,
            task: TaskID(task),
            provenance: Provenance(source: .callback, observedAt: receivedAt, delivery: delivery)
        )
    }
}
