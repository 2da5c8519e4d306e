import Testing

@testable import GradingCore

/// Sweeps over many tasks, played on a time line of its own: what starts when, and what comes to its end when.
private struct SweepModel {
    /// How long each question takes; a task that is not named takes 50 ms.
    var slow: [TaskID: Duration] = [:]
    var maxInFlight = 4
    /// Between the starts of two questions.
    var spacing = Duration.milliseconds(100)

    /// When each task's answer was in.
    func run(_ tasks: [ClaimedTask]) -> [TaskID: Duration] {
        var progress = SweepProgress(maxInFlight: maxInFlight)
        var unclaimed = tasks[...]
        var inFlight: [(task: ClaimedTask, end: Duration)] = []
        var ends: [TaskID: Duration] = [:]
        var (now, nextTurn) = (Duration.zero, Duration.zero)
        while true {
            switch progress.next(now: Timestamp(milliseconds: 0)) {
            case .claim:
                progress.claimed(Array(unclaimed.prefix(10)), askBefore: Timestamp(milliseconds: 1))
                unclaimed = unclaimed.dropFirst(10)
            case .ask(let task):
                let start = max(now, nextTurn)
                nextTurn = start + spacing
                inFlight.append((task, start + (slow[task.task] ?? .milliseconds(50))))
            case .wait:
                guard let first = inFlight.indices.min(by: { inFlight[$0].end < inFlight[$1].end }) else { return ends }
                let (task, end) = inFlight.remove(at: first)
                now = max(now, end)
                ends[task.task] = end
                progress.answered(task, settling: true)
                progress.settled(StatusCheck.Settlement(claim: task, verdict: .failed(reason: "whatever")))
            case .finish: return ends
            }
        }
    }
}

@Suite("A poison task")
struct PoisonTaskTests {
    private static func tasks(_ numbers: ClosedRange<Int>, errors: Int = 0) -> [ClaimedTask] {
        numbers.map { ClaimedTask(task: TaskID("t\($0)")!, owner: "me", consecutiveErrors: errors, status: .processing) }
    }

    /// How much later the good tasks are in than without the poison ones: the worst of them, and their mean.
    private static func delay(
        good: [ClaimedTask],
        poison: [ClaimedTask],
        _ change: (inout SweepModel) -> Void = { _ in }
    ) -> (worst: Duration, mean: Duration) {
        var model = SweepModel()
        change(&model)
        let without = model.run(good)
        model.slow = Dictionary(uniqueKeysWithValues: poison.map { ($0.task, .seconds(30)) })
        let with = model.run(poison + good)
        let delays = good.compactMap { task in
            with[task.task].flatMap { late in without[task.task].map { late - $0 } }
        }
        return (delays.max() ?? .zero, delays.reduce(.zero, +) / max(1, delays.count))
    }

    @Test("that hangs for 30 s each time costs 999 good ones its own turn and nothing else", arguments: [0, 1, 7])
    func hanging(_ errors: Int) {
        let delay = Self.delay(good: Self.tasks(1...999), poison: Self.tasks(1_000...1_000, errors: errors))
        #expect(delay.worst <= .milliseconds(100))
    }

    @Test("that hung before takes one way of eight, also where no rate is set")
    func unpaced() {
        let delay = Self.delay(good: Self.tasks(1...999), poison: Self.tasks(1_000...1_000, errors: 1)) {
            ($0.maxInFlight, $0.spacing) = (8, .zero)
        }
        // 999 answers of 50 ms over seven ways instead of eight: 7.15 s instead of 6.25 s.
        #expect(delay.worst < .seconds(1))
    }

    @Test("and nineteen more like it take up one question at a time, and the good ones the rest")
    func many() {
        let delay = Self.delay(good: Self.tasks(1...980), poison: Self.tasks(981...1_000, errors: 1))
        #expect(delay.worst <= .milliseconds(100) * 20)
        // Without that, four of them would hold up everything for as long as they hang.
        #expect(delay.mean < .seconds(2))
    }

    @Test("is asked about all the same, however many good ones there are")
    func asked() {
        var model = SweepModel()
        let poison = Self.tasks(1_000...1_003, errors: 3)
        model.slow = Dictionary(uniqueKeysWithValues: poison.map { ($0.task, .seconds(30)) })
        let ends = model.run(poison + Self.tasks(1...999))
        #expect(poison.allSatisfy { ends[$0.task] != nil })
        #expect(ends[poison[0].task] == .seconds(30))
    }

    @Test("goes last where there is one way only")
    func oneWay() {
        let delay = Self.delay(good: Self.tasks(1...50), poison: Self.tasks(51...52, errors: 1)) { $0.maxInFlight = 1 }
        #expect(delay.worst == .zero)
    }
}
