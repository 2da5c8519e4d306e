import GradingCore
import Logging
import Synchronization

/// One running monitor: the real commit queue, reconciler and scheduler between simulated edges.
final class SimulatedProcess: Sendable {
    let state: ProcessState
    let store: StoreConnection
    let reconciler: Reconciler
    let retries: TaskRetries
    private let commits: CommitQueue
    private let scheduler: SweepScheduler
    private let auditor: Auditor
    private let commitTask = Mutex<Task<Void, Never>?>(nil)
    private let work = Mutex<[String: Int]>([:])

    init(_ state: ProcessState, _ world: WorldParts) {
        let (scenario, timeline) = (world.scenario, world.timeline)
        let logger = Logger(label: state.name) { _ in SwiftLogNoOpLogHandler() }
        let wallClock = WallClock { state.now }
        let random: @Sendable () -> Double = { timeline.draw { $0.share() } }
        self.state = state
        auditor = world.auditor
        store = StoreConnection(
            model: world.store,
            process: state,
            faults: scenario.database,
            database: world.database,
            timeline: timeline
        )
        commits = CommitQueue(
            store: store,
            wallClock: wallClock,
            clock: state.clock,
            executor: state.executor,
            logger: logger
        )
        reconciler = Reconciler(
            store: store,
            commits: commits,
            gradingServer: ServerConnection(
                server: world.server,
                process: state,
                auditor: world.auditor,
                timeline: timeline,
                takesResubmissions: scenario.takesResubmissions
            ),
            decoder: ReportDecoder(),
            policy: scenario.policy,
            owner: state.name,
            wallClock: wallClock,
            clock: state.clock,
            random: random,
            executor: state.executor,
            logger: logger
        )
        retries = TaskRetries(
            store: store,
            reconciler: reconciler,
            policy: scenario.attempts,
            wallClock: wallClock,
            logger: logger
        )
        scheduler = SweepScheduler(
            reconciler: reconciler,
            store: store,
            retries: retries,
            policy: scenario.policy,
            owner: state.name,
            wallClock: wallClock,
            clock: state.clock,
            random: random,
            executor: state.executor,
            logger: logger
        )
    }

    /// What has begun and not ended.
    var workUnderWay: [String] { work.withLock { $0.filter { $0.value > 0 }.map { "\($0.value) \($0.key)" } } }

    func start() {
        let commitTask = Task(executorPreference: state.executor) { [self] in
            await tracked("commit queue") { try? await commits.run() }
        }
        self.commitTask.withLock { $0 = commitTask }
        Task(executorPreference: state.executor) { [self] in
            await tracked("scheduler") { try? await scheduler.run() }
        }
    }

    /// After it has died: lets its tasks come to their end.
    func windUp() {
        commitTask.withLock { $0 }?.cancel()
    }

    /// Does something in this process.
    func perform(_ name: String, _ body: @escaping @Sendable (SimulatedProcess) async -> Void) {
        Task(executorPreference: state.executor) { [self] in await tracked(name) { await body(self) } }
    }

    /// A callback comes in. `reply` is called when the answer leaves, and never when the process dies before.
    func receive(_ message: CallbackMessage, reply: @escaping @Sendable (CallbackReply) -> Void) {
        perform("callback") { process in
            let answer = await process.answer(message)
            guard !process.state.isDead else { return }
            if case .committed(let report, let outcome) = answer { process.auditor.acknowledged(report, outcome) }
            reply(answer)
        }
    }

    private func answer(_ message: CallbackMessage) async -> CallbackReply {
        let delivery = Delivery(id: message.delivery, bodyHash: message.bodyHash, keyID: "k1")
        let provenance = Provenance(source: .callback, observedAt: state.now, delivery: delivery)
        guard let report = try? ReportDecoder().decode(message.body, task: message.task, provenance: provenance) else {
            return .malformed
        }
        do throws(CommitError) {
            return .committed(report, try await commits.submit(report))
        } catch {
            return .unavailable
        }
    }

    private func tracked(_ name: String, _ body: () async -> Void) async {
        work.withLock { $0[name, default: 0] += 1 }
        await body()
        work.withLock { $0[name, default: 0] -= 1 }
    }
}

/// What all processes of a world share.
struct WorldParts: Sendable {
    let scenario: Scenario
    let timeline: Timeline
    let store: ModelStore
    let database: DatabaseWeather
    let server: GradingServerModel
    let auditor: Auditor
}
