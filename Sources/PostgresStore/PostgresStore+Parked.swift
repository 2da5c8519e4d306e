package import GradingCore
import Logging

extension PostgresStore {
    package func parkedReports(limit: Int) async throws(StoreError) -> [TaskReport] {
        let parked = try await read([layout.parked(.integer(limit))]) { $0[0].rows.compactMap(EncodedDelivery.init) }
        return parked.compactMap { $0.decoded(by: decoder, logger: logger).report }
    }

    package func delivery(_ id: String) async throws(StoreError) -> KeptDelivery? {
        let found = try await read([Self.delivery(.text(id))]) { $0[0].first.flatMap(EncodedDelivery.init) }
        return found?.decoded(by: decoder, logger: logger)
    }

    static let delivery = Statement(
        "delivery",
        "SELECT \(LedgerDelivery.columns), report FROM \(MonitorSchema.name).deliveries WHERE delivery_id = $1"
    )
}

extension WebAppLayout {
    var parked: Statement {
        Statement(
            "parked",
            """
            SELECT \(LedgerDelivery.columns), report
            FROM \(MonitorSchema.name).deliveries d
            WHERE d.outcome = 'parked' AND EXISTS (SELECT 1 FROM \(students) s WHERE s."taskId" = d.task_id)
            ORDER BY d.received_at LIMIT $1
            """
        )
    }
}

/// A row of the ledger, its report as it was parked.
private struct EncodedDelivery: Sendable {
    let delivery: LedgerDelivery
    let report: [UInt8]?

    init?(_ row: ResultRow) {
        guard let delivery = LedgerDelivery(row) else { return nil }
        self.delivery = delivery
        report = row.bytes(LedgerDelivery.columnCount)
    }

    func decoded(by decoder: ReportDecoder, logger: Logger) -> KeptDelivery {
        KeptDelivery(delivery, encoded: report, decoder: decoder, logger: logger)
    }
}
