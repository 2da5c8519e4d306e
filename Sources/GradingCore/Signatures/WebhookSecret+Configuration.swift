/// Why a configured secret cannot be used. A whole clause for the operator; quotes nothing of the secret.
package struct WebhookSecretError: Error, Sendable, Equatable, CustomStringConvertible {
    package let description: String
}

extension WebhookSecret {
    /// The least length of a secret that is used as text, in bytes.
    static let minimumTextLength = 24

    /// Reads one configured secret. Throws a ``WebhookSecretError`` that says what is wrong without quoting the secret.
    ///
    /// With `standard` among the schemes, a `whsec_` secret must be strict base64 of 24 to 64 bytes; one without `whsec_`
    /// serves the other schemes only. Every secret is at least 24 bytes long and no placeholder.
    package init(_ text: String, schemes: [SignatureScheme] = [.standard]) throws(WebhookSecretError) {
        if let fault = Self.fault(of: text, schemes: schemes) {
            throw WebhookSecretError(description: fault)
        }
        self.init(unchecked: text)
    }

    /// What is wrong with a configured secret, as a whole clause; `nil` when nothing is.
    static func fault(of text: String, schemes: [SignatureScheme]) -> String? {
        if text.isEmpty { return "a webhook secret is empty" }
        if !hasCleanEdges(text) { return "a webhook secret begins or ends with white space, or holds a control character" }
        if isPlaceholder(text) { return "a webhook secret is a placeholder" }
        if text.utf8.count < minimumTextLength { return "a webhook secret is shorter than \(minimumTextLength) bytes" }
        guard schemes.contains(.standard) else { return nil }
        guard text.utf8.starts(with: prefix.utf8) else {
            return Set(schemes) == [.standard] ? "a webhook secret does not begin with \(prefix)" : nil
        }
        guard let key = decodedKey(of: text) else { return "a webhook secret is not strict base64 after \(prefix)" }
        if !keyLengths.contains(key.count) {
            return "a webhook secret does not hold \(keyLengths.lowerBound) to \(keyLengths.upperBound) bytes after \(prefix)"
        }
        return Set(key).count == 1 ? "a webhook secret is a placeholder" : nil
    }

    /// A newline at the end of a file, say, would make a key that the sender does not have.
    private static func hasCleanEdges(_ text: String) -> Bool {
        let bytes = text.utf8
        guard let first = bytes.first, let last = bytes.last else { return false }
        return first != UInt8(ascii: " ") && last != UInt8(ascii: " ") && bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }

    /// What examples, templates and unset variables leave behind.
    private static func isPlaceholder(_ text: String) -> Bool {
        let whole = text.lowercased()
        let core = whole.hasPrefix(prefix) ? String(whole.dropFirst(prefix.count)) : whole
        if Set(core).count <= 1 { return true }
        if ["undefined", "null", "nil", "none", "true", "false", "todo", "test"].contains(core) { return true }
        if ["secret", "your", "change", "replace", "placeholder", "webhook_secret"].contains(where: core.hasPrefix) {
            return true
        }
        return core.contains("example") || core.contains("changeme") || (core.contains("<") && core.contains(">"))
    }
}
