package import GradingCore
import GRDB
import Logging

extension SQLiteStore {
    package func parkedReports(limit: Int) async throws(StoreError) -> [TaskReport] {
        let parked = try await read { db in
            try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT \(LedgerDelivery.columns), report
                        FROM monitor_deliveries d INDEXED BY monitor_deliveries_parked
                        WHERE d.outcome = 'parked' AND EXISTS (SELECT 1 FROM students s WHERE s.taskId = d.task_id)
                        ORDER BY d.received_at LIMIT ?
                        """
                ),
                arguments: [limit]
            ).compactMap(EncodedDelivery.init)
        }
        return parked.compactMap { $0.decoded(by: decoder, logger: logger).report }
    }

    package func delivery(_ id: String) async throws(StoreError) -> KeptDelivery? {
        let found = try await read { db in
            let statement = try db.cachedStatement(
                sql: "SELECT \(LedgerDelivery.columns), report FROM monitor_deliveries WHERE delivery_id = ?"
            )
            return try Row.fetchOne(statement, arguments: [id]).flatMap(EncodedDelivery.init)
        }
        return found?.decoded(by: decoder, logger: logger)
    }
}

/// A row of the ledger, its report as it was parked.
private struct EncodedDelivery: Sendable {
    let delivery: LedgerDelivery
    let report: [UInt8]?

    init?(_ row: Row) {
        guard let delivery = LedgerDelivery(row) else { return nil }
        self.delivery = delivery
        report = row.bytes(LedgerDelivery.columnCount)
    }

    func decoded(by decoder: ReportDecoder, logger: Logger) -> KeptDelivery {
        KeptDelivery(delivery, encoded: report, decoder: decoder, logger: logger)
    }
}
