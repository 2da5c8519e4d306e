/// Tasks that ended within one hour, in one session, and of whose end the same source told us.
package struct EndingGroup: Sendable, Equatable {
    /// The beginning of the hour, in UTC.
    package let hour: Timestamp
    package let session: SessionID
    package let source: ReportSource
    /// Whether the callback came after all, when we knew already: it was late, and not lost.
    package let callbackFollowed: Bool
    package let tasks: Int
    /// How late we learned of them at most, all together: from the last sign of life to the answer. Zero for callbacks.
    package let lateness: Duration
    package let worstLateness: Duration

    package init(
        hour: Timestamp,
        session: SessionID,
        source: ReportSource,
        callbackFollowed: Bool,
        tasks: Int,
        lateness: Duration,
        worstLateness: Duration
    ) {
        self.hour = hour
        self.session = session
        self.source = source
        self.callbackFollowed = callbackFollowed
        self.tasks = tasks
        self.lateness = lateness
        self.worstLateness = worstLateness
    }
}
