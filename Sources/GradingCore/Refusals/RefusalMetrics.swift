import Metrics

/// What is counted of refused callbacks. The handlers are made once: looking one up costs more than counting.
struct RefusalMetrics: Sendable {
    /// All of them, by what the answer's path knows.
    private let refused: [RefusalReason: Counter]
    /// Those that were looked at, by what they turned out to be.
    private let diagnosed: [RefusalReason: Counter]

    init(factory: any MetricsFactory = MetricsSystem.factory) {
        func counters(_ label: String, _ reasons: [RefusalReason]) -> [RefusalReason: Counter] {
            reasons.reduce(into: [:]) { counters, reason in
                counters[reason] = Counter(label: label, dimensions: [("reason", reason.rawValue)], factory: factory)
            }
        }
        refused = counters("grading_callback_refusals_total", RefusalReason.allCases.filter { !$0.isDiagnosed })
        diagnosed = counters("grading_callback_refusals_diagnosed_total", RefusalReason.allCases)
    }

    func count(_ reason: RefusalReason) { refused[reason]?.increment() }
    func countDiagnosed(_ reason: RefusalReason) { diagnosed[reason]?.increment() }
}
