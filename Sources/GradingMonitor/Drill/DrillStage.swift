import AsyncHTTPClient
import FoundationEssentials
import GradingCore
import GradingSimulator
import Logging
import NIOCore
import NIOHTTP1
import ServiceLifecycle
import UnixSignals

/// A monitor as `serve` runs it, and a grading server, on this machine's loopback, for as long as an exercise lasts.
struct DrillStage: Sendable {
    let store: any Store
    let session: SessionID
    let signer: WebhookSigner
    private let monitorURL: String
    private let simulatorURL: String
    private let client: HTTPClient

    /// Starts both, lets the exercise run, and ends them.
    static func run<Value: Sendable>(
        _ setting: DrillSetting,
        on database: DrillDatabase,
        logger: Logger,
        _ exercise: @escaping @Sendable (DrillStage) async throws -> Value
    ) async throws -> Value {
        let plan = try await DrillPlan(setting, on: database)
        let core = try await ReconciliationCore(plan.monitor.reconciliation, creating: true, logger: logger)
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: clientConfiguration)
        do {
            let services =
                MonitorApplication(configuration: plan.monitor, logger: logger).services(core)
                + [SimulatorServer(configuration: plan.simulator, logger: logger)]
            let group = ServiceGroup(services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
            let value = try await DrillStage(plan, core.store, client).perform(exercise, while: group)
            try await client.shutdown()
            await core.close()
            return value
        } catch {
            try? await client.shutdown()
            await core.close()
            throw error
        }
    }

    private init(_ plan: DrillPlan, _ store: any Store, _ client: HTTPClient) {
        self.store = store
        self.client = client
        session = plan.session
        signer = plan.signer
        monitorURL = plan.monitorURL
        simulatorURL = plan.simulatorURL
    }

    private func perform<Value: Sendable>(
        _ exercise: @escaping @Sendable (DrillStage) async throws -> Value,
        while group: ServiceGroup
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { tasks in
            tasks.addTask {
                try await group.run()
                return nil
            }
            tasks.addTask {
                try await waitUntilBothListen()
                return try await exercise(self)
            }
            // A server that ends first has failed, or was told to end.
            guard let value = try await tasks.next() ?? nil else {
                throw CommandFailure(.failure, "the drill was ended before its time")
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            return value
        }
    }

    /// A connection for each callback of an exercise: none waits for those that the monitor is slow to refuse.
    private static var clientConfiguration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
        return configuration
    }
}

// MARK: - What exercises do

extension DrillStage {
    /// How long anything may take before it counts as not happening.
    private static let patience = Duration.seconds(25)

    func tasks(_ number: Int) -> [TaskID] {
        (1...number).compactMap { TaskID("\(session)-\($0)") }
    }

    func register(_ tasks: [TaskID]) async throws {
        let session = SessionRegistration(id: session, title: nil, subject: nil, examYear: nil, numStudents: nil)
        let registrations = tasks.map { task in
            TaskRegistration(task: task, studentName: "Student of \(task)", studentID: nil, priority: nil, session: session)
        }
        _ = try await store.register(registrations, at: WallClock.system.now())
    }

    /// Gives the tasks to the grading server.
    func upload(_ tasks: [TaskID]) async throws {
        for task in tasks {
            var request = HTTPClientRequest(url: simulatorURL + "/api/grade/upload/")
            request.method = .POST
            request.body = .bytes(ByteBuffer(string: #"{"task_id":"\#(task)"}"#))
            let response = try await client.execute(request, timeout: .seconds(5))
            guard (200..<300).contains(response.status.code) else {
                throw CommandFailure(.failure, "the drill's grading server answered \(response.status.code)")
            }
        }
    }

    /// What the grading server has done so far.
    func simulatorStatistics() async throws -> SimulatorStatistics {
        let response = try await client.execute(
            HTTPClientRequest(url: simulatorURL + "/api/simulator/stats"),
            timeout: .seconds(5)
        )
        let body = try await response.body.collect(upTo: 1 << 16)
        return try JSONDecoder().decode(SimulatorStatistics.self, from: Data(body.readableBytesView))
    }

    /// One try to deliver a callback: the status and the outcome of the answer.
    func deliver(_ callback: TestCallback) async throws -> (status: Int, outcome: String?) {
        struct Answer: Decodable { var outcome: String? }
        var request = HTTPClientRequest(url: monitorURL + CallbackTarget.path)
        request.method = .POST
        for (name, value) in callback.headers { request.headers.add(name: name, value: value) }
        request.body = .bytes(ByteBuffer(bytes: callback.body))
        let response = try await client.execute(request, timeout: .seconds(20))
        let body = try await response.body.collect(upTo: 1 << 16)
        let answer = try? JSONDecoder().decode(Answer.self, from: Data(body.readableBytesView))
        return (Int(response.status.code), answer?.outcome)
    }

    /// Students of the session that have not ended; `nil` while the database does not say.
    func openStudents() async -> Int? {
        guard let students = try? await store.sessionSummary(session)?.students else { return nil }
        return students.pending + students.processing
    }

    /// Returns when it is so, `false` when it does not come true in time.
    func eventually(_ condition: () async throws -> Bool) async throws -> Bool {
        let clock = ContinuousClock()
        let end = clock.now + Self.patience
        while clock.now < end {
            if try await condition() { return true }
            try await clock.sleep(for: .milliseconds(50))
        }
        return false
    }

    private func waitUntilBothListen() async throws {
        let isUp = try await eventually {
            for url in [monitorURL + "/livez", simulatorURL + "/api/simulator/stats"] {
                guard let response = try? await client.execute(HTTPClientRequest(url: url), timeout: .seconds(1)) else {
                    return false
                }
                _ = try? await response.body.collect(upTo: 1 << 16)
            }
            return true
        }
        guard isUp else { throw CommandFailure(.failure, "the drill's servers did not start") }
    }
}
