import HTTPTypes
import NIOHTTP1
import NIOHTTPTypesHTTP1

extension HTTPRequest {
    /// The head as HTTP types, its path still as it was sent.
    init(receivedHead head: HTTPRequestHead) throws(Refusal) {
        guard let method = try? HTTPRequest.Method(head.method) else { throw .malformed }
        self.init(
            method: method,
            scheme: "http",
            authority: head.headers.first(name: "host"),
            path: Self.originForm(of: head.uri),
            headerFields: HTTPFields(head.headers, splitCookie: false)
        )
    }

    /// A server must take the absolute form too (RFC 9112, section 3.2.2); only path and query matter here.
    private static func originForm(of target: String) -> String {
        guard !target.hasPrefix("/") else { return target }
        guard let scheme = target.firstRange(of: "://"), target[..<scheme.lowerBound].lowercased() == "http" else {
            return target
        }
        let rest = target[scheme.upperBound...]
        guard let start = rest.firstIndex(where: { $0 == "/" || $0 == "?" }) else { return "/" }
        return rest[start] == "/" ? String(rest[start...]) : "/" + rest[start...]
    }
}
