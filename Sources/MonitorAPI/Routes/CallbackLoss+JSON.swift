import GradingCore

extension JSONValue {
    /// The last 24 hours: all of them, each, and the sessions that lose the most.
    init(_ loss: CallbackLoss) {
        self = JSONValue(loss.overall)
            .adding(
                "perHour",
                .array(loss.hours.map { JSONValue($0.counts, named: "hour", $0.start.iso8601) })
            )
            .adding(
                "bySession",
                .array(loss.sessions.map { JSONValue($0.counts, named: "sessionId", $0.id.rawValue) })
            )
    }

    private init(_ counts: EndingCounts, named name: String, _ value: String) {
        guard case .object(let members) = JSONValue(counts) else {
            self = .null
            return
        }
        self = .object([Member(name: name, value: .string(value))] + members)
    }

    private init(_ counts: EndingCounts) {
        self = [
            "lossRate": JSONValue(counts.lossRate),
            "ended": .integer(counts.total),
            "lost": .integer(counts.lost),
            "callbackFollowed": .integer(counts.callbackFollowed),
            "learnedVia": .counts(ReportSource.allCases, counts.bySource),
            "meanSecondsLate": JSONValue(counts.meanLateness?.inSeconds),
            "worstSecondsLate": .number(counts.worstLateness.inSeconds),
        ]
    }
}
