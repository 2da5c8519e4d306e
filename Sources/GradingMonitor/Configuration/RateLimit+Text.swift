import GradingCore

extension RateLimit {
    /// Reads `REQUESTS/SECONDS`: 1 to 1,000,000 requests in 1 to 86,400 seconds; `nil` for anything else.
    init?(name: String, configurationText text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let quota = Int(parts[0]), let seconds = Int(parts[1]),
            (1...1_000_000).contains(quota), (1...86_400).contains(seconds)
        else { return nil }
        self.init(name: name, quota: quota, window: .seconds(seconds))
    }
}
