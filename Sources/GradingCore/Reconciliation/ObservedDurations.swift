/// How long tasks took whose end a callback told us of, from the first sign of work, or else from the making of the student.
package struct ObservedDurations: Sendable, Equatable {
    package var bySession: [SessionID: [Duration]]
    /// The latest of all sessions.
    package var overall: [Duration]

    /// As many as are looked at, of each session and of all.
    package static let mostSamples = 1_000

    package init(bySession: [SessionID: [Duration]] = [:], overall: [Duration] = []) {
        self.bySession = bySession
        self.overall = overall
    }
}

/// A task that was due and is left alone for a while longer.
package struct TaskPutOff: Sendable, Equatable {
    package let claim: ClaimedTask
    package let until: Timestamp

    package init(_ claim: ClaimedTask, until: Timestamp) {
        self.claim = claim
        self.until = until
    }
}
