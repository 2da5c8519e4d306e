import GradingCore

extension ModelDatabase {
    /// Newest first.
    func deliveries(_ page: LedgerPage, outcome: Disposition?) -> [LedgerDelivery] {
        deliveries.filter { row in
            switch outcome {
            case nil: true
            case .conflict: row.disposition == .conflict || row.hasConflict
            case .some(let outcome): row.disposition == outcome
            }
        }.map(\.ledger).onPage(page, at: { ($0.receivedAt, $0.id) }, task: \.task)
    }

    /// Newest first.
    func refusals(_ page: LedgerPage) -> [CallbackRefusal] {
        refusals.onPage(page, at: { ($0.receivedAt, $0.id) }, task: \.task)
    }

    mutating func recordRefusals(_ new: [CallbackRefusal], more: [String: Int]) {
        // One that was written before stays as it is.
        let known = Set(refusals.map(\.id))
        refusals += new.filter { !known.contains($0.id) }
        refusals = refusals.map { $0.adding(more[$0.id] ?? 0) }.sorted { ($0.receivedAt, $0.id) < ($1.receivedAt, $1.id) }
        refusals.removeFirst(max(0, refusals.count - CallbackRefusal.maximumKept))
    }
}

extension ModelDelivery {
    var ledger: LedgerDelivery {
        LedgerDelivery(
            id: delivery.id,
            task: task,
            keyID: delivery.keyID,
            receivedAt: receivedAt,
            disposition: disposition,
            hasConflict: hasConflict,
            bodyHash: delivery.bodyHash
        )
    }
}

extension CallbackRefusal {
    fileprivate func adding(_ more: Int) -> CallbackRefusal {
        CallbackRefusal(
            id: id,
            receivedAt: receivedAt,
            reason: reason,
            detail: detail,
            sender: sender,
            deliveryID: deliveryID,
            task: task,
            keyID: keyID,
            bodyHash: bodyHash,
            size: size,
            count: count + more
        )
    }
}

extension Array {
    fileprivate func onPage(
        _ page: LedgerPage,
        at place: (Element) -> (Timestamp, String),
        task: (Element) -> TaskID?
    ) -> [Element] {
        let rows = filter { row in
            place(row) < (page.start.time, page.start.id) && (page.task == nil || task(row) == page.task)
        }
        return Array(rows.sorted { place($0) > place($1) }.prefix(page.limit))
    }
}
