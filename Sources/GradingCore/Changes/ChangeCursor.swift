/// How far the change feed was read. Decides which rows of a page may be told, and does nothing else, so that the rule is
/// tested without a database.
///
/// Rows are told in the order of their sequence, each once. Where a sequence is missing, a transaction in flight may yet
/// commit it, so nothing behind the gap is told until the gap is settled: until every transaction that was in flight when the
/// gap was first seen has ended (``ChangePage``). A gap in a page that is as new as that will stay one.
struct ChangeCursor: Sendable {
    /// A gap that may still be filled.
    private struct OpenGap: Sendable {
        /// The last sequence that was seen behind it: no gap before this is newer.
        let end: Int64
        /// Settled once every transaction with a smaller id has ended.
        let settledBy: UInt64
    }

    /// Everything up to here was told, or never will be.
    private(set) var position: Int64
    private var openGap: OpenGap?
    /// Rows behind ``position`` that were there from the start: not to be told.
    private var known: Set<Int64>

    /// Whether something waits behind a gap: worth asking again soon.
    var isWaiting: Bool { openGap != nil }

    /// Begins to tell what comes from now on: nothing of this page, and everything that is not in it.
    /// - Parameters:
    ///   - page: the end of the feed.
    ///   - start: the sequence after which the page was read, so far back that no transaction in flight has one before it.
    init(at page: ChangePage, after start: Int64) {
        position = start
        known = Set(page.changes.map(\.sequence))
        _ = take(page)
    }

    /// The rows that may be told now.
    /// - Parameter page: what was read after ``position``, or further back.
    mutating func take(_ page: ChangePage) -> [CommittedChange] {
        var ready: [CommittedChange] = []
        for change in page.changes where change.sequence > position {
            guard change.sequence == position + 1 || isSettled(before: change.sequence, in: page) else {
                noteGap(in: page)
                return ready
            }
            position = change.sequence
            if known.remove(change.sequence) == nil { ready.append(change) }
        }
        openGap = nil
        return ready
    }

    private func isSettled(before sequence: Int64, in page: ChangePage) -> Bool {
        if page.oldestOpenTransaction >= page.nextTransaction { return true }
        guard let openGap, sequence <= openGap.end else { return false }
        return page.oldestOpenTransaction >= openGap.settledBy
    }

    /// An older gap keeps its own, earlier end of waiting.
    private mutating func noteGap(in page: ChangePage) {
        if let openGap, position < openGap.end, page.oldestOpenTransaction < openGap.settledBy { return }
        guard let last = page.changes.last else { return }
        openGap = OpenGap(end: last.sequence, settledBy: page.nextTransaction)
    }
}
