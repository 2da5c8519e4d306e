import GradingCore

extension Timestamp {
    /// The instant as HTTP writes it: `Mon, 23 Nov 2026 10:30:00 GMT` (RFC 9110, section 5.6.7, IMF-fixdate).
    var imfFixdate: String {
        // ISO 8601 has the figures already; what is missing is the words.
        let digits = iso8601.split { !$0.isNumber }
        guard digits.count >= 6, let month = Int(digits[1]), (1...12).contains(month) else { return "" }
        // 1 January 1970 was a Thursday.
        let days = Int((Double(milliseconds) / 86_400_000).rounded(.down))
        let weekday = Self.weekdays[((days + 4) % 7 + 7) % 7]
        return "\(weekday), \(digits[2]) \(Self.months[month - 1]) \(digits[0]) \(digits[3]):\(digits[4]):\(digits[5]) GMT"
    }

    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
}
