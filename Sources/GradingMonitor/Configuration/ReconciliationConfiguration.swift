import GradingCore
import GradingServer

/// What it takes to ask the grading server and to commit what it says: all that `sweep` and `check` need.
struct ReconciliationConfiguration: Sendable {
    var database = DatabaseLocation.standard
    /// The grading server's root, `http://` or `https://`; no default.
    var gradingServerURL: GradingServerURL
    /// Where failed tasks are submitted again; `nil` where they are only asked about again.
    var resubmissionURL: ResubmissionURL?
    /// How long one question may take.
    var gradingServerTimeout: Duration = .seconds(30)
    /// Words that this grading server uses beyond the usual ones, or in another sense.
    var statusWords: [String: TaskStatus] = [:]
    /// Interval 180 s, grace 120 s, claims of 10.
    var sweep = SweepPolicy()
    /// The most reports in one transaction; 1 means a transaction each, for comparison only.
    var commitBatchReports = CommitBounds.standard.batchReports

    init(gradingServerURL: GradingServerURL) {
        self.gradingServerURL = gradingServerURL
    }

    var commitBounds: CommitBounds {
        var bounds = CommitBounds.standard
        bounds.batchReports = commitBatchReports
        return bounds
    }

    /// The sweep's rules with a lease that outlasts the questions: a task is asked about in the first half of its lease only,
    /// so half of it must be longer than one question may take, with what it waits for a server that wants a moment's quiet.
    var sweepPolicy: SweepPolicy {
        var policy = sweep
        policy.lease = max(policy.lease, (gradingServerTimeout + policy.quietPatience) * 2 + .seconds(20))
        return policy
    }

    var vocabulary: StatusVocabulary { .standard.extended(with: statusWords) }
}
