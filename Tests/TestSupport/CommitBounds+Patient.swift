package import GradingCore

extension CommitBounds {
    /// For tests of anything but the patience: on a machine that is kept busy a report may wait for longer than the standard one.
    package static var patient: CommitBounds {
        var bounds = CommitBounds.standard
        bounds.patience = .seconds(3_600)
        return bounds
    }
}
