import Crypto
import FoundationEssentials

/// A secret that a sender and this server share. Holds keyed hash states only, never the text: nothing printed, logged or
/// dumped from it can show the secret.
package struct WebhookSecret: Sendable {
    /// Not the secret: a short fingerprint that names it in logs and in the ledger. `k-` and the first eight hex digits of
    /// the SHA-256 of the secret's text.
    package let id: String
    /// Keyed with the bytes that follow `whsec_`, decoded; `nil` when the text is no such secret.
    private let standardKey: HMAC<SHA256>?
    /// Keyed with the whole text's UTF-8 bytes.
    private let textKey: HMAC<SHA256>

    /// What a Standard Webhooks secret begins with.
    static let prefix = "whsec_"
    /// Bytes of key that Standard Webhooks allows.
    static let keyLengths = 24...64

    /// Takes the text as it is, however short or well known.
    ///
    /// For senders (who sign with whatever they were given) and for tests. A receiver's configuration is read by
    /// ``init(_:schemes:)``, which refuses what would protect nothing.
    package init(unchecked text: String) {
        let fingerprint = SHA256.hash(data: Array(text.utf8))
        id = "k-" + LowercaseHex.encode(fingerprint.prefix(4))
        standardKey = Self.decodedKey(of: text).map { HMAC(key: SymmetricKey(data: $0)) }
        textKey = HMAC(key: SymmetricKey(data: Array(text.utf8)))
    }

    /// A new Standard Webhooks secret: `whsec_` and 32 random bytes in base64.
    package static func generate() -> String {
        while true {
            let key = SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) }
            let text = prefix + StrictBase64.encode(key)
            // One in a million begins like a placeholder.
            if fault(of: text, schemes: [.standard]) == nil { return text }
        }
    }

    /// The bytes after `whsec_`, decoded; `nil` when the text does not begin so, or what follows is not strict base64.
    static func decodedKey(of text: String) -> [UInt8]? {
        guard text.utf8.starts(with: prefix.utf8) else { return nil }
        guard let key = StrictBase64.decode(text.utf8.dropFirst(prefix.utf8.count)), !key.isEmpty else { return nil }
        return key
    }

    /// The HMAC-SHA-256 of `prefix` and `body` together under this secret's key for the scheme; `nil` when it has none.
    ///
    /// Works on a copy of the keyed state, which saves hashing the key anew for each message.
    func authenticationCode(for scheme: SignatureScheme, prefix: [UInt8], body: [UInt8]) -> HMAC<SHA256>.MAC? {
        guard var code = scheme == .standard ? standardKey : textKey else { return nil }
        code.update(data: prefix)
        code.update(data: body)
        return code.finalize()
    }
}

extension WebhookSecret: CustomStringConvertible, CustomReflectable {
    package var description: String { id }
    package var customMirror: Mirror { Mirror(self, children: ["id": id]) }
}
