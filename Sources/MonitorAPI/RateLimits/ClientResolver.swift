import HTTPTypes
import NIOCore

/// Tells whose request it is, for rate limits.
struct ClientResolver: Sendable {
    private static let forwardedFor = HTTPField.Name("X-Forwarded-For")

    let trustedProxies: [AddressBlock]

    /// The connection's other end, or, when that is a trusted proxy, the right-most hop of `X-Forwarded-For` that is none.
    /// What stands further left was written by the client itself and is not believed.
    func client(of request: APIRequest) -> String {
        client(of: request.headers, peer: request.peer)
    }

    func client(of headers: HTTPFields, peer: SocketAddress?) -> String {
        guard let peer = peer?.ipAddress.flatMap({ NetworkAddress($0) }) else { return "unknown" }
        guard isTrusted(peer) else { return peer.client }
        var nearest = peer
        for hop in hops(headers).reversed() {
            guard let address = NetworkAddress(hop: hop) else { break }
            nearest = address
            guard isTrusted(address) else { break }
        }
        return nearest.client
    }

    private func isTrusted(_ address: NetworkAddress) -> Bool {
        trustedProxies.contains { $0.contains(address) }
    }

    private func hops(_ headers: HTTPFields) -> [Substring] {
        guard let name = Self.forwardedFor else { return [] }
        return headers[values: name].flatMap { line in
            line.split(separator: ",").map { $0.drop { $0 == " " }.prefix { $0 != " " } }
        }
    }
}
