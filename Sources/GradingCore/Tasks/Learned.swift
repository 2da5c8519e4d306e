/// Who told us of a task's status, and how late.
package struct Learned: Sendable, Equatable {
    package let via: ReportSource
    /// Of an ending that we had to ask about: how late we learned of it at most, from the last sign of life. `nil` for what a
    /// callback said, which came when it came.
    package let lateness: Duration?

    package init(via source: ReportSource, lateness: Duration? = nil) {
        via = source
        self.lateness = source == .callback ? nil : lateness
    }
}
