import Synchronization

/// What the adaptive grace decided, for people to see.
package struct GraceReport: Sendable, Equatable {
    package let isOn: Bool
    /// Of all sessions; `nil` while too few tasks have ended.
    package fileprivate(set) var overall: AdaptiveGrace.Estimate?
    /// Of the sessions that the last sweep met and that have enough of their own, at most ``mostSessions``.
    package fileprivate(set) var sessions: [SessionID: AdaptiveGrace.Estimate] = [:]
    /// How often a task was left alone for longer, since this process began.
    package fileprivate(set) var tasksPutOff = 0

    static let mostSessions = 50
}

/// Holds the report of this process.
final class GraceLedger: Sendable {
    private let state: Mutex<GraceReport>

    init(_ policy: AdaptiveGrace) { state = Mutex(GraceReport(isOn: policy.isOn)) }

    var report: GraceReport { state.withLock { $0 } }

    func note(overall: AdaptiveGrace.Estimate?, sessions: [SessionID: AdaptiveGrace.Estimate]) {
        let listed = sessions.sorted { $0.key < $1.key }.prefix(GraceReport.mostSessions)
        state.withLock { report in
            report.overall = overall
            report.sessions = Dictionary(uniqueKeysWithValues: listed.map { ($0.key, $0.value) })
        }
    }

    func notePutOff(_ tasks: Int) {
        state.withLock { $0.tasksPutOff += tasks }
    }
}
