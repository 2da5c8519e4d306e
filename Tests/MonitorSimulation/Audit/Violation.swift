/// A rule that was broken, and when.
package struct Violation: Sendable, Equatable, CustomStringConvertible {
    /// The rules that no input may break, and what else has to hold.
    package enum Rule: String, Sendable, CaseIterable {
        case acknowledgedIsPresent = "1: what was acknowledged is there"
        case statusesGoForward = "2: statuses go forward"
        case olderAttemptsChangeNothing = "3: a report of an older attempt changes nothing"
        case oneEffect = "4: a delivery has one effect and one row in the log"
        case gradedOnce = "5: gradedAt is set once"
        case sessionsFollow = "6: a session follows from its students"
        case logged = "7: one row in the log for each change"
        case onlyChanges = "8: only changed rows are written"
        case leases = "9: two instances never ask about one task at once"
        case quiet = "the grading server is left alone when it asks for it"
        case liveness = "every task comes right in time"
        case accounting = "the statistics agree with what happened"
        case noLeaks = "whatever began comes to its end"
    }

    package let rule: Rule
    package let what: String
    /// Since the world began.
    package let at: Duration

    package var description: String { "rule \(rule.rawValue); \(what), at \(at)" }
}
