import Configuration
import GradingCore

/// Reads settings as text first: an environment variable is always text, and a JSON file may hold a string, a number or a
/// list. What the text means is then decided in one place, whatever it came from.
extension ConfigReader {
    /// The setting's text, without the blanks around it; `nil` when it is nowhere set, or set to nothing.
    func text(_ setting: Setting) async throws(ConfigurationError) -> String? {
        let key = ConfigKey(setting.key)
        let text: String?
        do {
            text = try await fetchString(forKey: key, isSecret: setting.isSecret)
        } catch {
            // Only a JSON file has values that are not text: a number, or a list of strings.
            text =
                int(forKey: key, isSecret: setting.isSecret).map(String.init)
                ?? double(forKey: key, isSecret: setting.isSecret).map { "\($0)" }
                ?? stringArray(forKey: key, isSecret: setting.isSecret)?.joined(separator: ",")
            guard text != nil else {
                throw ConfigurationError(
                    setting,
                    "is of the wrong type in the configuration file",
                    remedy: "make \(setting.key) a string, a number or a list of strings"
                )
            }
        }
        guard let trimmed = text?.trimmingBlanks, !trimmed.isEmpty else { return nil }
        return trimmed
    }

    /// The members of a comma-separated setting, without blanks; empty members are left out.
    func list(_ setting: Setting) async throws(ConfigurationError) -> [String] {
        guard let text = try await text(setting) else { return [] }
        return text.split(separator: ",").map { String($0).trimmingBlanks }.filter { !$0.isEmpty }
    }

    /// `on` or `off`.
    func toggle(_ setting: Setting) async throws(ConfigurationError) -> Bool? {
        switch try await text(setting) {
        case nil: nil
        case "on": true
        case "off": false
        default: throw ConfigurationError(setting, "is neither on nor off", remedy: "set it to one, or leave it out")
        }
    }

    /// 1 to 16 times of 1 s to 7 days, comma-separated; `nil` when there are none.
    func waits(_ setting: Setting, example: String) async throws(ConfigurationError) -> [Duration]? {
        let texts = try await list(setting)
        guard !texts.isEmpty else { return nil }
        let waits = texts.compactMap(Duration.init(configurationText:))
        let range = Duration.seconds(1)...(.seconds(7 * 86_400))
        guard waits.count == texts.count, waits.count <= 16, waits.allSatisfy(range.contains) else {
            throw ConfigurationError(
                setting,
                "is not a list of 1 to 16 times from 1s to 168h",
                remedy: "set it to \(example), say, or leave it out"
            )
        }
        return waits
    }

    func integer(_ setting: Setting, in range: ClosedRange<Int>) async throws(ConfigurationError) -> Int? {
        guard let text = try await text(setting) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw ConfigurationError(
                setting,
                "is not a whole number from \(range.lowerBound) to \(range.upperBound)",
                remedy: "set it to one, or leave it out for the default"
            )
        }
        return number
    }

    func duration(_ setting: Setting, in range: ClosedRange<Duration>) async throws(ConfigurationError) -> Duration? {
        guard let text = try await text(setting) else { return nil }
        guard let duration = Duration(configurationText: text), range.contains(duration) else {
            throw ConfigurationError(
                setting,
                "is not a time from \(range.lowerBound.configurationText) to \(range.upperBound.configurationText)",
                remedy: "set seconds (90) or a number with a unit (90s, 3m, 1h)"
            )
        }
        return duration
    }

    func rateLimit(_ setting: Setting, name: String) async throws(ConfigurationError) -> RateLimit? {
        guard let text = try await text(setting) else { return nil }
        guard let limit = RateLimit(name: name, configurationText: text) else {
            throw ConfigurationError(
                setting,
                "is not REQUESTS/SECONDS",
                remedy: "set it to 30/60, say, for 30 requests in 60 seconds"
            )
        }
        return limit
    }
}

extension String {
    /// Without spaces, tabs and line ends at both ends: what a file or a shell may have left there.
    var trimmingBlanks: String {
        let kept = drop(while: \.isWhitespace)
        guard let last = kept.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(kept[...last])
    }
}
