import GradingCore

/// What a `Retry-After` asks for (RFC 9110, section 10.2.3): a number of seconds, or a date.
enum RetryAfter {
    /// The time to wait, at least one second and at most ``GradingServerError/maximumQuiet``; `nil` when the text is neither
    /// form, or asks for nothing.
    ///
    /// - Parameters:
    ///   - date: the answer's own `Date`: a date is a time on the server's clock, which may differ from ours.
    ///   - now: our time, for an answer without one.
    static func wait(_ text: String, date: String?, now: Timestamp) -> Duration? {
        if text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), !text.isEmpty {
            // More digits than an Int holds are a long time.
            return bounded(.seconds(Int(text.prefix(9)) ?? 0), isLonger: text.utf8.count > 9)
        }
        guard let end = Timestamp(httpDate: text) else { return nil }
        let start = date.flatMap(Timestamp.init(httpDate:)) ?? now
        return bounded(start.duration(to: end), isLonger: false)
    }

    private static func bounded(_ wait: Duration, isLonger: Bool) -> Duration? {
        if isLonger { return GradingServerError.maximumQuiet }
        return wait > .zero ? min(max(wait, .seconds(1)), GradingServerError.maximumQuiet) : nil
    }
}

extension Timestamp {
    /// Reads a date of HTTP in any of its three forms (RFC 9110, section 5.6.7):
    /// `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT`, `Sun Nov  6 08:49:37 1994`.
    init?(httpDate text: String) {
        let parts = text.split { " ,-".contains($0) }.map(String.init)
        let (day, month, year, time): (String, String, String, String)
        switch parts.count {
        case 6 where parts[5] == "GMT": (day, month, year, time) = (parts[1], parts[2], parts[3], parts[4])
        case 5: (day, month, year, time) = (parts[2], parts[1], parts[4], parts[3])
        default: return nil
        }
        let names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        guard let index = names.firstIndex(of: month), (1...2).contains(day.utf8.count), [2, 4].contains(year.utf8.count),
            Self.isTimeOfDay(time)
        else { return nil }
        let digits = (year.utf8.count == 2 ? "20" : "") + year
        self.init(iso8601: "\(digits)-\(Self.twoDigits("\(index + 1)"))-\(Self.twoDigits(day))T\(time)Z")
    }

    /// Asked here, because a lenient reader would take the 28th hour for one of the next day.
    private static func isTimeOfDay(_ text: String) -> Bool {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, parts.allSatisfy({ $0.utf8.count == 2 }) else { return false }
        return zip(parts, [23, 59, 60]).allSatisfy { part, most in Int(part).map { (0...most).contains($0) } ?? false }
    }

    private static func twoDigits(_ number: String) -> String { number.utf8.count < 2 ? "0" + number : number }
}
