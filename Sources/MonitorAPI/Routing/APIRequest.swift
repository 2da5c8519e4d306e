import HTTPTypes
import NIOCore

/// A whole request, on its way to the endpoint that answers it.
struct APIRequest: Sendable {
    /// Made by this server for every request; the caller finds it in `X-Request-Id`.
    let id: String
    let method: HTTPRequest.Method
    /// As it was sent: nothing decoded, nothing folded.
    let path: String
    /// As it was sent, without the question mark.
    let query: Substring?
    let headers: HTTPFields
    let body: ByteBuffer
    /// The other end of the connection; `nil` when it has no address.
    let peer: SocketAddress?
    /// The path's variable segments, in order, as they were sent.
    var parameters: [Substring] = []

    /// The body's bytes. Every call copies them.
    func bodyBytes() -> [UInt8] {
        Array(body.readableBytesView)
    }
}
