import GradingCore
import HTTPTypes

/// Which rows of a log, or of the delivery ledger, are wanted: `?limit=100&before=`.
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
        next(after: rows.map { LogCursor(createdAt: $0.createdAt, id: $0.id) })
    }

    func next(after rows: [LogCursor]) -> String? {
        rows.count == limit ? rows.last?.text : nil
    }

    private static func limit(_ text: String) throws(Problem) -> Int {
        guard let limit = Int(text), (1...1_000).contains(limit) else {
            throw Problem(.badRequest, "limit is not 1 to 1000.")
        }
        return limit
    }

    /// The `nextBefore` of a former answer (time and row), or just a time.
    private static func cursor(_ text: String) throws(Problem) -> LogCursor {
        guard let cursor = LogCursor(text) else {
            throw Problem(.badRequest, "before is neither a nextBefore nor an ISO 8601 time.")
        }
        return cursor
    }
}
