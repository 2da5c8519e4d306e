/// Who told us of how many endings, and how late.
package struct EndingCounts: Sendable, Equatable {
    package private(set) var bySource: [ReportSource: Int] = [:]
    /// Of those that we had to ask about, how many a callback confirmed later.
    package private(set) var callbackFollowed = 0
    /// Of those that we had to ask about.
    package private(set) var worstLateness = Duration.zero
    private var lateness = Duration.zero

    package init() {}

    package var total: Int { bySource.values.reduce(0, +) }

    /// Endings that nobody told us of: we asked, and no callback came.
    package var lost: Int { asked - callbackFollowed }

    private var asked: Int { total - (bySource[.callback] ?? 0) }

    /// The callback loss rate, 0 to 1: the share of endings that no callback told us of; `nil` while nothing has ended.
    package var lossRate: Double? { total > 0 ? Double(lost) / Double(total) : nil }

    /// Of those that we had to ask about; `nil` when there were none.
    package var meanLateness: Duration? { asked > 0 ? lateness / asked : nil }

    mutating func add(_ group: EndingGroup) {
        bySource[group.source, default: 0] += group.tasks
        guard group.source != .callback else { return }
        if group.callbackFollowed { callbackFollowed += group.tasks }
        lateness += group.lateness
        worstLateness = max(worstLateness, group.worstLateness)
    }
}
