/// Where a page of logs, or of the delivery ledger, ended: the last row's time and id, since several rows can share a
/// millisecond.
package struct LogCursor: Sendable, Equatable {
    package let createdAt: Timestamp
    package let id: String?

    package init(createdAt: Timestamp, id: String?) {
        self.createdAt = createdAt
        self.id = id
    }

    /// Reads what ``text`` wrote, or just an ISO 8601 time; `nil` for anything else.
    package init?(_ text: String) {
        let parts = text.split(separator: "_", maxSplits: 1, omittingEmptySubsequences: false)
        guard let time = Timestamp(iso8601: String(parts[0])) else { return nil }
        self.init(createdAt: time, id: parts.count > 1 ? String(parts[1]) : nil)
    }

    /// As answers give it to be handed back: the time, and after an underscore the id.
    package var text: String { ([createdAt.iso8601] + [id].compactMap(\.self)).joined(separator: "_") }
}
