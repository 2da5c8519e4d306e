/// Why a secret will not do. Says nothing of the secret itself.
enum SecretWeakness: Sendable, Equatable, CustomStringConvertible {
    case short
    case placeholder
    case repetitive
    /// It could not travel in a header.
    case unprintable

    static let minimumCharacters = 24

    /// `nil` when nothing speaks against the secret.
    init?(of secret: String) {
        // What was copied from an example is named as such, however short it is.
        let significant = secret.lowercased().hasPrefix("whsec_") ? String(secret.dropFirst(6)) : secret
        if Self.isPlaceholder(significant) {
            self = .placeholder
        } else if significant.count < Self.minimumCharacters {
            self = .short
        } else if Set(significant.dropLast(while: { $0 == "=" })).count < 6 {
            self = .repetitive
        } else if !secret.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) {
            self = .unprintable
        } else {
            return nil
        }
    }

    var description: String {
        switch self {
        case .short: "is shorter than \(Self.minimumCharacters) characters"
        case .placeholder: "is a placeholder, not a secret"
        case .repetitive: "repeats a few characters"
        case .unprintable: "holds blanks or characters outside ASCII"
        }
    }

    /// Words of examples and of programs that had no value to put there. Longer ones first: they hold shorter ones.
    private static let words = [
        "yoursecrethere", "placeholder", "replaceme", "undefined", "changethis", "yoursecret", "changeit", "changeme",
        "password", "webhook", "example", "insert", "secret", "change", "value", "token", "todo", "here", "null", "none",
        "test", "your", "cron", "operator", "true", "false", "nil", "key", "my", "the", "a",
    ]

    /// Whether nothing but such words is left when case, digits and punctuation are put aside, however often they repeat.
    private static func isPlaceholder(_ text: String) -> Bool {
        var rest = Substring(text.lowercased().filter { $0.isASCII && $0.isLetter })
        guard !rest.isEmpty else { return false }
        while !rest.isEmpty {
            guard let word = words.first(where: { rest.hasPrefix($0) }) else { return false }
            rest = rest.dropFirst(word.count)
        }
        return true
    }
}

extension StringProtocol {
    /// Without the characters at the end for which the condition holds.
    fileprivate func dropLast(while condition: (Character) -> Bool) -> SubSequence {
        guard let last = lastIndex(where: { !condition($0) }) else { return self[startIndex..<startIndex] }
        return self[...last]
    }
}
