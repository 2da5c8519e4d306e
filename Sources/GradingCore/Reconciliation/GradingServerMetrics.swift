import Metrics

/// What is counted of the way to the grading server.
struct GradingServerMetrics: Sendable {
    /// 0 closed, 1 half-open, 2 open.
    private let state: Gauge
    private let openings: Counter

    init(factory: any MetricsFactory = MetricsSystem.factory) {
        state = Gauge(label: "grading_server_breaker_state", factory: factory)
        openings = Counter(label: "grading_server_breaker_opened_total", factory: factory)
    }

    func note(_ state: CircuitBreaker.State) {
        let value =
            switch state {
            case .closed: 0
            case .halfOpen: 1
            case .open: 2
            }
        self.state.record(value)
    }

    func countOpening() { openings.increment() }
}
