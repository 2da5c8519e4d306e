/// A row of the ledger as an operator reads it.
package enum LedgerEntry: Sendable, Equatable {
    case delivery(LedgerDelivery)
    case refusal(CallbackRefusal)

    /// Its place in the list, and where a page that ends with it was left.
    package var cursor: LogCursor {
        switch self {
        case .delivery(let delivery): LogCursor(createdAt: delivery.receivedAt, id: delivery.id)
        case .refusal(let refusal): LogCursor(createdAt: refusal.receivedAt, id: refusal.id)
        }
    }

    /// Whether it stands before another in the list.
    fileprivate func precedes(_ other: LedgerEntry) -> Bool {
        let (mine, theirs) = (cursor, other.cursor)
        return (mine.createdAt, mine.id ?? "") > (theirs.createdAt, theirs.id ?? "")
    }
}

/// What an operator can ask the ledger for: one of the outcomes of a delivery, or those that had none.
package enum LedgerOutcome: Sendable, Hashable, CaseIterable {
    case remembered(Disposition)
    case refused

    package static let allCases = Disposition.allCases.map(remembered) + [refused]

    /// The word in the query and in the answer.
    package var word: String {
        switch self {
        case .remembered(let disposition): disposition.rawValue
        case .refused: "refused"
        }
    }

    /// `nil` for any other word.
    package init?(word: String) {
        guard let outcome = Self.allCases.first(where: { $0.word == word }) else { return nil }
        self = outcome
    }
}

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
