import Crypto
import FoundationEssentials
import HTTPTypes

/// The secrets that open an endpoint, kept as digests.
struct BearerSecrets: Sendable {
    private let digests: [SHA256.Digest]

    init(_ secrets: [String]) {
        digests = secrets.map { SHA256.hash(data: Data($0.utf8)) }
    }

    /// Whether the request bears one of them, in its one `Authorization` header (never in the query).
    ///
    /// Digests are compared, all of them and each in constant time: neither a secret's length nor its first letters show.
    func open(to headers: HTTPFields) -> Bool {
        let presented = headers[values: .authorization]
        guard presented.count == 1, let token = Self.token(in: presented[0]) else { return false }
        let digest = SHA256.hash(data: Data(token.utf8))
        return digests.reduce(false) { found, secret in (secret == digest) || found }
    }

    /// The scheme's name is the same in any case (RFC 9110, section 11.1).
    private static func token(in value: String) -> Substring? {
        let parts = value.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return parts[1].drop { $0 == " " }
    }
}
