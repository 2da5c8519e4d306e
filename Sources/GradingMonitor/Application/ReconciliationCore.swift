import AsyncHTTPClient
import FoundationEssentials
import GradingCore
import GradingServer
import Logging
import ServiceLifecycle

/// The parts that ask the grading server and commit what it says, put together. Whoever makes it closes it.
struct ReconciliationCore: Sendable {
    let database: OpenDatabase
    let commits: CommitQueue
    let reconciler: Reconciler
    let decoder: ReportDecoder
    let policy: SweepPolicy
    /// Who takes the lease on the scheduled sweep.
    let sweepOwner: String
    private let httpClient: HTTPClient
    private let logger: Logger

    var store: any Store { database.store }

    /// - Parameter creating: see ``OpenDatabase``.
    init(_ configuration: ReconciliationConfiguration, creating: Bool, logger: Logger) async throws {
        decoder = ReportDecoder(vocabulary: configuration.vocabulary)
        let database = try await OpenDatabase(
            configuration.database,
            creating: creating,
            decoder: decoder,
            schedule: configuration.sweepPolicy.schedule,
            logger: logger
        )
        let httpClient = HTTPClient(
            eventLoopGroupProvider: .singleton,
            // A few more for the manual checks.
            configuration: HTTPGradingServerClient.clientConfiguration(connections: configuration.sweepPolicy.maxInFlight + 4)
        )
        self.database = database
        self.httpClient = httpClient
        self.logger = logger
        policy = configuration.sweepPolicy
        // Unique among all processes on one database, whatever host or container they run in.
        let owner = UUID().uuidString
        sweepOwner = configuration.database.sweepOwner(ofInstance: owner)
        commits = CommitQueue(store: database.store, bounds: configuration.commitBounds, logger: logger)
        reconciler = Reconciler(
            store: database.store,
            commits: commits,
            gradingServer: HTTPGradingServerClient(
                url: configuration.gradingServerURL,
                resubmissionURL: configuration.resubmissionURL,
                timeout: configuration.gradingServerTimeout,
                httpClient: httpClient
            ),
            decoder: decoder,
            policy: configuration.sweepPolicy,
            owner: owner,
            logger: logger
        )
    }

    /// Does one piece of work with the commit queue running, then closes everything.
    func runOnce<Value: Sendable>(_ work: @Sendable (Reconciler) async throws -> Value) async throws -> Value {
        do {
            let value = try await commits.runOnce(logger: logger) { try await work(reconciler) }
            await close()
            return value
        } catch {
            await close()
            throw error
        }
    }

    /// After the services have ended.
    func close() async {
        try? await httpClient.shutdown()
        await database.close(logger: logger)
    }
}

extension CommitQueue {
    /// Does one piece of work while this queue runs, and ends it.
    func runOnce<Value: Sendable>(logger: Logger, _ work: () async throws -> Value) async throws -> Value {
        let services = ServiceGroup(services: [self], logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.run() }
            let value = try await work()
            await services.triggerGracefulShutdown()
            try await group.waitForAll()
            return value
        }
    }
}

extension DatabaseLocation {
    /// One process serves a SQLite file. When it was killed, its successor sweeps at once, as the same owner: the lease of the
    /// dead one must not keep it from asking about the callbacks that were lost meanwhile.
    fileprivate func sweepOwner(ofInstance instance: String) -> String {
        switch self {
        case .sqlite: "sqlite"
        case .postgres: instance
        }
    }
}
