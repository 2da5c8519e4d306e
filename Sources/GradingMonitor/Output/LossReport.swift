import GradingCore

/// How the callbacks are doing, in the shape of the stats endpoint's `callbackLoss`.
struct LossReport: Encodable {
    /// One line of figures: of all, of an hour, or of a session.
    struct Figures: Encodable {
        /// The beginning of the hour; left out elsewhere.
        var hour: String?
        /// Left out elsewhere.
        var sessionId: String?
        /// 0 to 1; left out while nothing has ended.
        let lossRate: Double?
        let ended: Int
        let lost: Int
        let callbackFollowed: Int
        let learnedVia: [String: Int]
        /// Left out where nothing had to be asked about.
        let meanSecondsLate: Double?
        let worstSecondsLate: Double

        init(_ counts: EndingCounts) {
            lossRate = counts.lossRate
            ended = counts.total
            lost = counts.lost
            callbackFollowed = counts.callbackFollowed
            learnedVia = Dictionary(
                uniqueKeysWithValues: ReportSource.allCases.map { ($0.rawValue, counts.bySource[$0] ?? 0) }
            )
            meanSecondsLate = counts.meanLateness?.inSeconds
            worstSecondsLate = counts.worstLateness.inSeconds
        }

        /// "5.0 % (5 of 100)"
        var text: String {
            guard let lossRate else { return "-" }
            return "\((lossRate * 1_000).rounded() / 10) % (\(lost) of \(ended))"
        }
    }

    let overall: Figures
    let perHour: [Figures]
    let bySession: [Figures]

    init(_ loss: CallbackLoss) {
        overall = Figures(loss.overall)
        perHour = loss.hours.map { hour in
            var figures = Figures(hour.counts)
            figures.hour = hour.start.iso8601
            return figures
        }
        bySession = loss.sessions.map { session in
            var figures = Figures(session.counts)
            figures.sessionId = session.id.rawValue
            return figures
        }
    }

    private enum CodingKeys: CodingKey {
        case perHour, bySession
    }

    /// The figures of all stand beside the lists, as the endpoint has them.
    func encode(to encoder: any Encoder) throws {
        try overall.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(perHour, forKey: .perHour)
        try container.encode(bySession, forKey: .bySession)
    }

    /// For people: the last day, this hour, and the sessions that have lost any.
    var rows: [(name: String, value: String)] {
        [("callbacks lost, 24 h", overall.text), ("callbacks lost, this hour", perHour.first?.text ?? "-")]
            + bySession.filter { $0.lost > 0 }.map { ("  \($0.sessionId ?? "")", $0.text) }
    }
}
