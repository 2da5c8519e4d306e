import GradingCore

extension Duration {
    /// Reads `90`, `90s`, `1.5s`, `500ms`, `3m` or `1h`; `nil` for anything else, a negative time among them.
    init?(configurationText text: String) {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        guard let number = Double(digits), number.isFinite, number <= 1e9, digits.first != "." else { return nil }
        let unit: Double
        switch text.dropFirst(digits.count) {
        case "ms": unit = 0.001
        case "", "s": unit = 1
        case "m": unit = 60
        case "h": unit = 3_600
        default: return nil
        }
        self = .milliseconds(Int64((number * unit * 1_000).rounded()))
    }

    /// The largest unit that says it exactly: `90s`, `3m`, `1h`.
    var configurationText: String {
        let milliseconds = self.milliseconds
        if milliseconds % 1_000 != 0 { return "\(milliseconds)ms" }
        let seconds = milliseconds / 1_000
        if seconds > 0, seconds % 3_600 == 0 { return "\(seconds / 3_600)h" }
        if seconds > 0, seconds % 60 == 0 { return "\(seconds / 60)m" }
        return "\(seconds)s"
    }
}
