import Metrics

/// What checks and sweeps count. The handlers are made once.
struct CheckMetrics: Sendable {
    private let lossRate: Gauge
    private let sweepSeconds: Timer
    private let answered: [ReportSource: Counter]
    private let failed: [ReportSource: Counter]
    private let lost: [LossEvidence: Counter]
    private let outages: Counter

    init(factory: any MetricsFactory = MetricsSystem.factory) {
        lossRate = Gauge(label: "grading_callback_loss_ratio", factory: factory)
        sweepSeconds = Timer(label: "grading_sweep_seconds", factory: factory)
        outages = Counter(label: "grading_server_down_sweeps_total", factory: factory)
        answered = Self.counters(result: "answered", factory)
        failed = Self.counters(result: "failed", factory)
        lost = LossEvidence.allCases.reduce(into: [:]) { counters, evidence in
            counters[evidence] = Counter(
                label: "grading_tasks_lost_total",
                dimensions: [("evidence", evidence.rawValue)],
                factory: factory
            )
        }
    }

    func count(_ verdict: StatusCheck.Verdict, source: ReportSource) {
        switch verdict {
        case .committed: answered[source]?.increment()
        case .failed: failed[source]?.increment()
        case .interrupted: break
        }
    }

    /// - Parameter rate: of the last hours; nothing is recorded while nothing has ended.
    func record(lossRate rate: Double?) {
        if let rate { lossRate.record(rate) }
    }

    /// A task that was not marked before is marked as lost.
    func countLost(_ evidence: LossEvidence) { lost[evidence]?.increment() }

    /// A sweep has found the grading server down: the counter to raise an alarm on.
    func countOutage() { outages.increment() }

    func recordSweep(took duration: Duration) {
        sweepSeconds.record(duration: duration)
    }

    private static func counters(result: String, _ factory: any MetricsFactory) -> [ReportSource: Counter] {
        [ReportSource.sweep, .manual].reduce(into: [:]) { counters, source in
            counters[source] = Counter(
                label: "grading_checks_total",
                dimensions: [("source", source.rawValue), ("result", result)],
                factory: factory
            )
        }
    }
}
