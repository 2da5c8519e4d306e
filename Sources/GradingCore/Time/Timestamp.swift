package import FoundationEssentials

/// A point in time in whole milliseconds since 1970-01-01T00:00:00Z, the resolution of both databases
/// (`timestamp(3)` in PostgreSQL, integer milliseconds in SQLite as Prisma writes them).
package struct Timestamp: Sendable, Hashable, Comparable {
    /// Milliseconds since the Unix epoch; negative before it.
    package let milliseconds: Int64

    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// Microseconds since the Unix epoch, as ``GCRA`` counts.
    package var microseconds: Int64 { milliseconds * 1_000 }

    package init(_ date: Date) {
        self.milliseconds = Int64((date.timeIntervalSince1970 * 1_000).rounded(.down))
    }

    /// ISO 8601 in UTC with milliseconds, as every answer and event shows it: `2026-11-23T10:30:00.000Z`.
    package var iso8601: String {
        // Half a millisecond on top, because the format cuts: 0.001 s, as a double, may be 0.000999….
        let date = Date(timeIntervalSince1970: (Double(milliseconds) + 0.5) / 1_000)
        return date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    /// Reads an ISO 8601 instant with or without fractional seconds; `nil` for anything else.
    package init?(iso8601 text: String) {
        let withFraction = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        let whole = Date.ISO8601FormatStyle(includingFractionalSeconds: false)
        guard let date = (try? withFraction.parse(text)) ?? (try? whole.parse(text)) else { return nil }
        // Rounded, not cut: 0.123 s is 122.99… ms as a double.
        self.milliseconds = Int64((date.timeIntervalSince1970 * 1_000).rounded())
    }

    package func advanced(by duration: Duration) -> Timestamp {
        Timestamp(milliseconds: milliseconds + duration.milliseconds)
    }

    /// The time from this point to a later one; negative when `other` is earlier.
    package func duration(to other: Timestamp) -> Duration {
        .milliseconds(other.milliseconds - milliseconds)
    }

    package static func < (lhs: Timestamp, rhs: Timestamp) -> Bool {
        lhs.milliseconds < rhs.milliseconds
    }
}

extension Duration {
    /// The whole milliseconds in this duration, cut towards zero.
    package var milliseconds: Int64 {
        components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000
    }

    /// This duration in seconds.
    package var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
