import GradingCore
import HTTPTypes

/// The headers that every answer bears, a refused connection's too.
struct AnswerHeaders: Sendable {
    static let requestID = HTTPField.Name("X-Request-Id")

    let requestIDs: RequestIDs
    let date: DateHeader

    init(wallClock: WallClock, using generator: inout some RandomNumberGenerator) {
        requestIDs = RequestIDs(using: &generator)
        date = DateHeader(wallClock: wallClock)
    }

    /// Sets them. No answer of this API is for a cache to keep.
    func set(on headers: inout HTTPFields, requestID: String) {
        if let name = Self.requestID { headers[name] = requestID }
        headers[.date] = date.text
        headers[.cacheControl] = "no-store"
    }
}
