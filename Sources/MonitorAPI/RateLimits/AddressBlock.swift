/// An address or a CIDR block of them (RFC 4632): `10.0.0.0/8`, `2001:db8::/32`, `127.0.0.1`.
package struct AddressBlock: Sendable, Hashable {
    private let address: NetworkAddress
    private let prefixLength: Int

    /// `nil` when the text is neither an address nor a block.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = parts.first.flatMap({ NetworkAddress($0) }) else { return nil }
        let bits = address.bytes.count * 8
        let length = parts.count > 1 ? Int(parts[1]) : bits
        guard let length, (0...bits).contains(length) else { return nil }
        self.address = address
        self.prefixLength = length
    }

    func contains(_ other: NetworkAddress) -> Bool {
        guard other.bytes.count == address.bytes.count else { return false }
        let whole = prefixLength / 8
        guard other.bytes.prefix(whole) == address.bytes.prefix(whole) else { return false }
        let rest = prefixLength % 8
        return rest == 0 || (other.bytes[whole] ^ address.bytes[whole]) >> (8 - rest) == 0
    }
}
