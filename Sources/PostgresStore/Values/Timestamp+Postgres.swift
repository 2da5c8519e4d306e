import GradingCore

/// In binary format a `timestamp` is whole microseconds since 2000-01-01T00:00:00 (PostgreSQL's `timestamp_send`).
extension Timestamp {
    /// 2000-01-01T00:00:00.000Z in Unix milliseconds.
    private static let postgresEpoch: Int64 = 946_684_800_000

    /// `nil` for `infinity` and `-infinity`.
    init?(postgresMicroseconds: Int64) {
        guard postgresMicroseconds != .max, postgresMicroseconds != .min else { return nil }
        let milliseconds = (Double(postgresMicroseconds) / 1_000).rounded(.down)
        self.init(milliseconds: Int64(milliseconds) + Self.postgresEpoch)
    }

    var postgresMicroseconds: Int64 {
        let (product, overflow) = (milliseconds &- Self.postgresEpoch).multipliedReportingOverflow(by: 1_000)
        // Far outside the years that PostgreSQL knows either way.
        return overflow ? (milliseconds < 0 ? .min + 1 : .max - 1) : product
    }
}
