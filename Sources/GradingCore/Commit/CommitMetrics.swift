import Metrics

/// What the commit queue counts. The handlers are made once: looking one up costs more than counting.
struct CommitMetrics: Sendable {
    private let batchSize: Recorder
    private let seconds: Timer
    private let reports: [ReportSource: [Disposition: Counter]]
    private let failures: [String: Counter]

    init(factory: any MetricsFactory = MetricsSystem.factory) {
        batchSize = Recorder(label: "grading_commit_batch_size", factory: factory)
        seconds = Timer(label: "grading_commit_seconds", factory: factory)
        reports = ReportSource.allCases.reduce(into: [:]) { bySource, source in
            bySource[source] = Disposition.allCases.reduce(into: [:]) { byDisposition, disposition in
                byDisposition[disposition] = Counter(
                    label: "grading_reports_total",
                    dimensions: [("source", source.rawValue), ("disposition", disposition.rawValue)],
                    factory: factory
                )
            }
        }
        failures = CommitError.metricNames.reduce(into: [:]) { byReason, reason in
            byReason[reason] = Counter(
                label: "grading_commit_failures_total",
                dimensions: [("reason", reason)],
                factory: factory
            )
        }
    }

    func recordCommit(of reports: Int, took duration: Duration) {
        batchSize.record(reports)
        seconds.record(duration: duration)
    }

    func count(_ disposition: Disposition, from source: ReportSource) {
        reports[source]?[disposition]?.increment()
    }

    func countFailures(_ number: Int, _ error: CommitError) {
        failures[error.metricName]?.increment(by: number)
    }
}

extension CommitError {
    static let metricNames = ["full", "draining", "unavailable", "busy", "commit-unknown", "rejected", "schema"]

    var metricName: String {
        switch self {
        case .full: "full"
        case .draining: "draining"
        case .store(.unavailable): "unavailable"
        case .store(.busy): "busy"
        case .store(.commitUnknown): "commit-unknown"
        case .store(.rejected): "rejected"
        case .store(.incompatibleSchema): "schema"
        }
    }
}
