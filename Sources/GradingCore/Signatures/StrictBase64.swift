import FoundationEssentials

/// Base64 of RFC 4648 section 4 with one spelling for each value: standard alphabet, padding, zero bits under the padding.
enum StrictBase64 {
    /// `nil` for anything but the one canonical spelling.
    static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        // Foundation's decoder passes some spellings that are not canonical; encoding again tells.
        guard let data = Data(base64Encoded: Data(text)), data.base64EncodedData().elementsEqual(text) else { return nil }
        return Array(data)
    }

    static func encode(_ bytes: some Collection<UInt8>) -> String {
        Data(bytes).base64EncodedString()
    }
}
