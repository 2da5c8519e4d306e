import GradingCore
import HTTPTypes

/// Which rows of a log are wanted: `?limit=100&before=`.
struct LogPage {
    let limit: Int
    let before: LogCursor?

    /// Throws a 400 for a limit outside 1 to 1000 and a cursor that is none.
    init(_ request: APIRequest) throws(Problem) {
        limit = try request.queryValue("limit").map(Self.limit) ?? 100
        before = try request.queryValue("before").map(Self.cursor)
    }

    /// Where the next page begins; `nil` when these rows are the last.
    func next(after rows: [SessionLog]) -> String? {
        guard rows.count == limit, let last = rows.last else { return nil }
        return "\(last.createdAt.iso8601)_\(last.id)"
    }

    private static func limit(_ text: String) throws(Problem) -> Int {
        guard let limit = Int(text), (1...1_000).contains(limit) else {
            throw Problem(.badRequest, "limit is not 1 to 1000.")
        }
        return limit
    }

    /// The `nextBefore` of a former answer (time and row), or just a time.
    private static func cursor(_ text: String) throws(Problem) -> LogCursor {
        let parts = text.split(separator: "_", maxSplits: 1, omittingEmptySubsequences: false)
        guard let time = Timestamp(iso8601: String(parts[0])) else {
            throw Problem(.badRequest, "before is neither a nextBefore nor an ISO 8601 time.")
        }
        return LogCursor(createdAt: time, id: parts.count > 1 ? String(parts[1]) : nil)
    }
}
