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
    func precedes(_ other: LedgerEntry) -> Bool {
        let (mine, theirs) = (cursor, other.cursor)
        return (mine.createdAt, mine.id ?? "") > (theirs.createdAt, theirs.id ?? "")
    }
}
