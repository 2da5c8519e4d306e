#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// An IPv4 or IPv6 address as its bytes. An IPv4 address that is mapped into IPv6 is the IPv4 address.
struct NetworkAddress: Sendable, Hashable {
    /// 4 or 16 bytes, in network order.
    let bytes: [UInt8]

    /// Reads the usual text forms; `nil` for anything else (names, ports and zones too).
    init?(_ text: some StringProtocol) {
        let text = String(text)
        if let bytes = Self.parse(text, AF_INET, 4) ?? Self.parse(text, AF_INET6, 16) {
            let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
            self.bytes = bytes.starts(with: mapped) ? Array(bytes[12...]) : bytes
        } else {
            return nil
        }
    }

    /// Reads a hop of `X-Forwarded-For`, which some proxies write with a port: `203.0.113.7:4711`, `[2001:db8::1]:4711`.
    init?(hop: some StringProtocol) {
        if let address = NetworkAddress(hop) {
            self = address
        } else if hop.first == "[", let end = hop.firstIndex(of: "]") {
            self.init(hop[hop.index(after: hop.startIndex)..<end])
        } else if let colon = hop.firstIndex(of: ":") {
            self.init(hop[..<colon])
        } else {
            return nil
        }
    }

    private static func parse(_ text: String, _ family: Int32, _ size: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: size)
        let parsed = bytes.withUnsafeMutableBytes { inet_pton(family, text, $0.baseAddress) }
        return parsed == 1 ? bytes : nil
    }

    /// What a rate limit calls this client: the address, or the first half of an IPv6 one. Who has one of those has 2⁶⁴.
    var client: String {
        if bytes.count == 4 { return bytes.map { String($0) }.joined(separator: ".") }
        let prefix = bytes.prefix(8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return prefix + "/64"
    }
}
