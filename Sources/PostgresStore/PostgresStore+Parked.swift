package import GradingCore
import Logging

extension PostgresStore {
    package func parkedReports(limit: Int) async throws(StoreError) -> [TaskReport] {
        let parked = try await read([layout.parked(.integer(limit))]) { $0[0].rows.compactMap(ParkedReport.init) }
        return parked.compactMap { report in
            do {
                return try report.decoded(by: decoder)
            } catch {
                logger.error("A parked callback cannot be read back", metadata: ["task": "\(report.task)", "reason": "\(error)"])
                return nil
            }
        }
    }
}

extension WebAppLayout {
    var parked: Statement {
        Statement(
            "parked",
            """
            SELECT d.delivery_id, d.body_hash, d.key_id, d.task_id, d.received_at, d.report
            FROM \(MonitorSchema.name).deliveries d
            WHERE d.outcome = 'parked' AND EXISTS (SELECT 1 FROM \(students) s WHERE s."taskId" = d.task_id)
            ORDER BY d.received_at LIMIT $1
            """
        )
    }
}

/// A delivery that waits for its task.
private struct ParkedReport: Sendable {
    let delivery: Delivery
    let task: TaskID
    let receivedAt: Timestamp
    let report: [UInt8]

    init?(_ row: ResultRow) {
        guard let id = row.text(0), let bodyHash = row.bytes(1), let keyID = row.text(2),
            let task = row.text(3).flatMap(TaskID.init), let receivedAt = row.timestamp(4), let report = row.bytes(5)
        else { return nil }
        delivery = Delivery(id: id, bodyHash: bodyHash, keyID: keyID)
        self.task = task
        self.receivedAt = receivedAt
        self.report = report
    }

    func decoded(by decoder: ReportDecoder) throws(ReportDecodingError) -> TaskReport {
        try decoder.decode(
            report,
            task: task,
            provenance: Provenance(source: .callback, observedAt: receivedAt, delivery: delivery)
        )
    }
}
