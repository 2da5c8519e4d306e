/// Applies a parked delivery now instead of with the next sweep, through the same one way in.
package struct DeliveryReplay: Sendable {
    package enum Outcome: Sendable, Equatable {
        /// It met its task; or it did not, and stays parked.
        case replayed(LedgerDelivery, ReportOutcome)
        /// It is not parked (any more): nothing is kept that could be applied.
        case settled(LedgerDelivery)
        /// It is parked, and what is kept of it cannot be read back.
        case unreadable(LedgerDelivery)
        case noSuchDelivery
    }

    private let store: any Store
    private let commits: CommitQueue

    package init(store: any Store, commits: CommitQueue) {
        self.store = store
        self.commits = commits
    }

    /// - Throws: ``StoreError`` or ``CommitError``: it is as parked as before, or applied and the answer lost.
    package func run(_ id: String) async throws -> Outcome {
        guard let kept = try await store.delivery(id) else { return .noSuchDelivery }
        guard kept.delivery.disposition == .parked else { return .settled(kept.delivery) }
        guard let report = kept.report else { return .unreadable(kept.delivery) }
        return .replayed(kept.delivery, try await commits.submit(report))
    }
}
