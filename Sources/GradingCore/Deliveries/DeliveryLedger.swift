/// The delivery ledger: what was taken in, what waits for its task, and what was refused, in one list.
package struct DeliveryLedger: Sendable {
    private let store: any Store

    package init(store: any Store) {
        self.store = store
    }

    /// - Parameter outcome: only these; `nil` for all.
    package func entries(_ page: LedgerPage, outcome: LedgerOutcome? = nil) async throws(StoreError) -> [LedgerEntry] {
        switch outcome {
        case .refused: return try await store.refusals(page).map(LedgerEntry.refusal)
        case .remembered(let disposition):
            return try await store.deliveries(page, outcome: disposition).map(LedgerEntry.delivery)
        case nil:
            let both =
                try await store.deliveries(page, outcome: nil).map(LedgerEntry.delivery)
                + store.refusals(page).map(LedgerEntry.refusal)
            return Array(both.sorted { $0.precedes($1) }.prefix(page.limit))
        }
    }
}
