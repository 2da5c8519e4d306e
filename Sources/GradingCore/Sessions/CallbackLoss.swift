/// How the callbacks are doing: which share of the endings of the last 24 hours only a question brought to light, in all, for
/// each hour and for each session.
package struct CallbackLoss: Sendable, Equatable {
    package struct Hour: Sendable, Equatable {
        /// Its beginning, in UTC.
        package let start: Timestamp
        package var counts = EndingCounts()
    }

    package struct Session: Sendable, Equatable {
        package let id: SessionID
        package var counts = EndingCounts()
    }

    /// Sessions that are listed at most.
    package static let listed = 20

    package private(set) var overall = EndingCounts()
    /// Each of the 24, the present one first.
    package private(set) var hours: [Hour]
    /// Those with the most lost callbacks first, then those with the most endings.
    package private(set) var sessions: [Session]

    /// From where on the endings are asked for: the beginning of the first of the 24 hours.
    package static func start(at now: Timestamp) -> Timestamp {
        hour(of: now).advanced(by: .seconds(-23 * 3_600))
    }

    package init(_ groups: [EndingGroup], at now: Timestamp) {
        let present = Self.hour(of: now)
        hours = (0..<24).map { Hour(start: present.advanced(by: .seconds(-3_600 * $0))) }
        var bySession: [SessionID: EndingCounts] = [:]
        for group in groups where group.hour >= Self.start(at: now) {
            overall.add(group)
            bySession[group.session, default: EndingCounts()].add(group)
            if let index = hours.firstIndex(where: { $0.start == group.hour }) { hours[index].counts.add(group) }
        }
        let sorted = bySession.sorted {
            ($1.value.lost, $1.value.total, $0.key) < ($0.value.lost, $0.value.total, $1.key)
        }
        sessions = sorted.prefix(Self.listed).map { Session(id: $0.key, counts: $0.value) }
    }

    private static func hour(of time: Timestamp) -> Timestamp {
        let remainder = time.milliseconds % 3_600_000
        return Timestamp(milliseconds: time.milliseconds - (remainder < 0 ? remainder + 3_600_000 : remainder))
    }
}
