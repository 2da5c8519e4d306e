import GradingCore
import Synchronization

/// One simulated world: a database, a grading server, a web app, and as many monitors as the scenario says.
final class World: Sendable {
    let scenario: Scenario
    let timeline: Timeline
    let auditor: Auditor
    let store: ModelStore
    let server: GradingServerModel
    let processes: Processes
    private let database: DatabaseWeather
    private let network: CallbackNetwork

    init(_ scenario: Scenario, sabotage: Sabotage?, isTracing: Bool) {
        let timeline = Timeline(seed: scenario.seed)
        let auditor = Auditor(timeline, clocksAgree: scenario.processes.clockJumps == 0, isTracing: isTracing)
        let processes = Processes(timeline)
        let network = CallbackNetwork(scenario.callbacks, timeline) { processes.any }
        self.scenario = scenario
        self.timeline = timeline
        self.auditor = auditor
        self.processes = processes
        self.network = network
        database = DatabaseWeather(timeline)
        server = GradingServerModel(scenario, timeline) { network.send($0) }
        store = ModelStore(
            schedule: scenario.policy.schedule,
            commitLanes: scenario.commitLanes,
            seed: scenario.seed,
            sabotage: sabotage
        ) { [server, timeline] transaction in
            auditor.saw(transaction)
            guard case .retry(let begun) = transaction.operation, !scenario.takesResubmissions else { return }
            // People begin it again there too. A grading server that numbers its runs would else speak of the old one for ever.
            for task in begun.keys.sorted() where scenario.numbersRuns || timeline.draw({ $0.happens(0.7) }) {
                server.beginAgain(task)
            }
        }
    }

    /// Plays the scenario: first with faults, then without, until everything is right or should have been.
    func play() {
        let parts = WorldParts(
            scenario: scenario,
            timeline: timeline,
            store: store,
            database: database,
            server: server,
            auditor: auditor
        )
        for place in 0..<scenario.instances { processes.start(at: place, parts) }
        scheduleWork()
        scheduleFaults()
        run(until: scenario.chaos)
        guard auditor.violation == nil else { return }
        recover()
        settle()
        windUp()
    }

    private func run(until end: Duration) {
        timeline.run(until: end) { auditor.violation == nil }
    }

    // MARK: Faults

    private func scheduleFaults() {
        for _ in 0..<scenario.server.outages {
            at(anyTime) { [self] in server.goDown(for: timeline.draw { $0.duration(.seconds(10)...(.seconds(300))) }) }
        }
        for _ in 0..<scenario.database.outages {
            at(anyTime) { [self] in database.goDown(for: timeline.draw { $0.duration(.seconds(5)...(.seconds(120))) }) }
        }
        for _ in 0..<scenario.processes.clockJumps {
            let farthest = ProcessFaults.farthestJump
            at(anyTime) { [self] in
                processes.any?.state.setClock(off: timeline.draw { $0.duration(.zero - farthest...farthest) })
            }
        }
    }

    private func recover() {
        auditor.note("from now on everything works")
        network.recover()
        server.recover()
        database.recover()
        processes.recover()
    }

    // MARK: The end

    /// The longest that anything may take that was begun before: everything due, each at its latest, one after the other.
    private var patience: Duration {
        let policy = scenario.policy
        var patience = Duration.seconds(900) + (policy.interval + policy.budget + policy.lease) * 4
        // What seems lost is asked about every quarter of an hour.
        if scenario.server.forgotten > 0 { patience += policy.loss.pendingDeadline + policy.loss.lostAfter + .seconds(1_800) }
        if scenario.processes.clockJumps > 0 { patience += ProcessFaults.farthestJump * 2 }
        return scenario.attempts.isAutomatic ? patience * scenario.attempts.maximum : patience
    }

    private func settle() {
        let end = timeline.now + patience
        while auditor.violation == nil, timeline.now < end {
            run(until: timeline.now + .seconds(60))
            if isIdle, problems.isEmpty { break }
        }
        // It stays right.
        run(until: timeline.now + scenario.policy.interval * 2)
        guard auditor.violation == nil else { return }
        for problem in problems { auditor.report(problem.rule, problem.what) }
        if !network.isIdle { auditor.report(.noLeaks, "callbacks are under way") }
    }

    /// Whether nothing is on its way any more.
    private var isIdle: Bool {
        let now = timeline.now
        return network.isIdle && !someBeginAnew
            && server.all.allSatisfy { task in
                task.phases.allSatisfy { $0.at <= now } && (task.forgottenAt ?? .zero) <= now
            }
    }

    /// Whether failed tasks will be retried by themselves.
    private var someBeginAnew: Bool {
        guard scenario.attempts.isAutomatic else { return false }
        let start = ProcessState.epoch.advanced(by: .zero - ProcessFaults.farthestJump)
        return !store.committed.failedTasks(since: start, belowAttempt: scenario.attempts.maximum, limit: 1).isEmpty
    }

    private var problems: [Problem] { verdict(on: store.committed) }

    /// The processes end, and nothing that was begun in them is left behind.
    private func windUp() {
        guard auditor.violation == nil else { return }
        processes.endAll()
        run(until: timeline.now + .seconds(120))
        let work = processes.workUnderWay
        if !work.isEmpty { auditor.report(.noLeaks, "never ended: \(work.joined(separator: ", "))") }
    }

    // MARK: Chance

    var anyTime: Duration { timeline.draw { $0.duration(.zero...scenario.chaos) } }

    func at(_ time: Duration, _ action: @escaping @Sendable () -> Void) {
        timeline.after(time - timeline.now, action)
    }
}
