import Metrics

/// What checks and sweeps count. The handlers are made once.
struct CheckMetrics: Sendable {
    private let lossRate = Gauge(label: "grading_callback_loss_ratio")
    private let sweepSeconds = Timer(label: "grading_sweep_seconds")
    private let answered: [ReportSource: Counter]
    private let failed: [ReportSource: Counter]

    init() {
        answered = Self.counters(result: "answered")
        failed = Self.counters(result: "failed")
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

    func recordSweep(took duration: Duration) {
        sweepSeconds.record(duration: duration)
    }

    private static func counters(result: String) -> [ReportSource: Counter] {
        [ReportSource.sweep, .manual].reduce(into: [:]) { counters, source in
            counters[source] = Counter(
                label: "grading_checks_total",
                dimensions: [("source", source.rawValue), ("result", result)]
            )
        }
    }
}
