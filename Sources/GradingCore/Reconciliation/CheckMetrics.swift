import Metrics

/// What checks and sweeps count. The handlers are made once.
struct CheckMetrics: Sendable {
    private let lossRate: Gauge
    private let sweepSeconds: Timer
    private let answered: [ReportSource: Counter]
    private let failed: [ReportSource: Counter]

    init(factory: any MetricsFactory = MetricsSystem.factory) {
        lossRate = Gauge(label: "grading_callback_loss_ratio", factory: factory)
        sweepSeconds = Timer(label: "grading_sweep_seconds", factory: factory)
        answered = Self.counters(result: "answered", factory)
        failed = Self.counters(result: "failed", factory)
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
