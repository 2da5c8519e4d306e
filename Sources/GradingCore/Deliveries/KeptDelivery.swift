package import Logging

/// A delivery of the ledger together with what is kept of it.
package struct KeptDelivery: Sendable, Equatable {
    package let delivery: LedgerDelivery
    /// What it reported, kept while it is parked; `nil` when nothing is kept, or nothing that can be read back.
    package let report: TaskReport?

    /// - Parameters:
    ///   - encoded: the report as it was parked.
    ///   - logger: told when it cannot be read back.
    package init(_ delivery: LedgerDelivery, encoded: [UInt8]?, decoder: ReportDecoder, logger: Logger) {
        self.delivery = delivery
        let parked = Delivery(id: delivery.id, bodyHash: delivery.bodyHash, keyID: delivery.keyID)
        let provenance = Provenance(source: .callback, observedAt: delivery.receivedAt, delivery: parked)
        do throws(ReportDecodingError) {
            report = try encoded.map { (bytes) throws(ReportDecodingError) in
                try decoder.decode(bytes, task: delivery.task, provenance: provenance)
            }
        } catch {
            logger.error("A parked callback cannot be read back", metadata: ["task": "\(delivery.task)", "reason": "\(error)"])
            report = nil
        }
    }
}
