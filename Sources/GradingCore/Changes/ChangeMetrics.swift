import Metrics

/// What the change feed counts. Every instance tells every change, so each counts all of them.
struct ChangeMetrics: Sendable {
    private let tasks: [TaskStatus: Counter]
    private let sessions: [SessionStatus: Counter]

    init(words: SessionWords, factory: any MetricsFactory = MetricsSystem.factory) {
        func counter(_ kind: String, _ status: String) -> Counter {
            Counter(label: "grading_changes_total", dimensions: [("kind", kind), ("status", status)], factory: factory)
        }
        tasks = TaskStatus.allCases.reduce(into: [:]) { $0[$1] = counter("task", $1.rawValue) }
        sessions = SessionStatus.allCases.reduce(into: [:]) { $0[$1] = counter("session", words.word(for: $1)) }
    }

    func count(_ change: Change) {
        switch change {
        case .task(let change): tasks[change.to]?.increment()
        case .session(let change): sessions[change.to]?.increment()
        }
    }
}
