import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1

/// A request, on its way to the endpoint that answers it; whole when it gets there.
struct APIRequest: Sendable {
    /// Made by this server for every request; the caller finds it in `X-Request-Id`.
    let id: String
    let method: HTTPRequest.Method
    /// As it was sent: nothing decoded, nothing folded.
    let path: String
    /// As it was sent, without the question mark.
    let query: Substring?
    /// As they were sent. See ``headers``.
    let fields: HTTPHeaders
    var body = ByteBuffer()
    /// The other end of the connection; `nil` when it has no address.
    let peer: SocketAddress?
    /// The path's variable segments, in order, as they were sent.
    var parameters: [Substring] = []

    /// Throws when the method is none.
    init(_ head: HTTPRequestHead, id: String, peer: SocketAddress?) throws(Refusal) {
        guard let method = try? HTTPRequest.Method(head.method) else { throw .malformed }
        let target = Self.originForm(of: head.uri)
        let path = target.utf8.prefix { $0 != UInt8(ascii: "?") }
        self.id = id
        self.method = method
        self.path = String(Substring(path))
        self.query = path.endIndex == target.endIndex ? nil : target[path.endIndex...].dropFirst()
        self.fields = head.headers
        self.peer = peer
    }

    /// All but `Host`. Every call reads them anew, which callbacks cannot afford.
    var headers: HTTPFields { HTTPFields(fields, splitCookie: false) }

    /// The body's bytes. Every call copies them.
    func bodyBytes() -> [UInt8] {
        body.getBytes(at: body.readerIndex, length: body.readableBytes) ?? []
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
