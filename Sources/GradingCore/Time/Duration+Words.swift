extension Duration {
    /// For people, in its two greatest units and cut: `412 s`, `12 min`, `3 h 5 min`, `2 d 4 h`. Nothing is shorter than 0 s.
    package var inWords: String {
        let seconds = max(0, components.seconds)
        let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400)
        if minutes < 10 { return "\(seconds) s" }
        if hours == 0 { return "\(minutes) min" }
        if days == 0 { return Self.pair((hours, "h"), (minutes % 60, "min")) }
        return Self.pair((days, "d"), (hours % 24, "h"))
    }

    private static func pair(_ greater: (Int64, String), _ smaller: (Int64, String)) -> String {
        let whole = "\(greater.0) \(greater.1)"
        return smaller.0 == 0 ? whole : "\(whole) \(smaller.0) \(smaller.1)"
    }
}
