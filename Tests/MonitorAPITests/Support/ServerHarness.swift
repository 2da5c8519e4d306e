import Foundation
import GradingCore
import Logging
import SQLiteStore
import ServiceLifecycle
import TestSupport

@testable import MonitorAPI

/// The real server on a port of its own, over a real database file, with a commit queue that runs.
struct ServerHarness: Sendable {
    static let cronSecret = "cron-secret-of-the-tests-0123456789"
    static let operatorSecret = "operator-secret-of-the-tests-012345"
    static let oldOperatorSecret = "former-operator-secret-of-the-tests"

    let port: Int
    let clock: TestClock
    let store: FaultyStore
    let gradingServer: FakeGradingServer
    let signer: WebhookSigner
    /// Signs as GitHub does, with the same secret.
    let githubSigner: WebhookSigner
    /// Signs with a secret that expired a day before.
    let retiredSigner: WebhookSigner
    /// Begins the graceful shutdown; the harness waits for its end.
    let shutDown: @Sendable () async -> Void

    static func run<Value>(
        _ change: (inout MonitorAPI.ServerConfiguration) -> Void = { _ in },
        _ body: (ServerHarness) async throws -> Value
    ) async throws -> Value {
        var configuration = MonitorAPI.ServerConfiguration()
        configuration.port = 0
        configuration.cronSecrets = [cronSecret]
        configuration.operatorSecrets = [operatorSecret, oldOperatorSecret]
        change(&configuration)
        let directory = FileManager.default.temporaryDirectory.appending(path: "grading-monitor-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let path = directory.appending(path: "test.db").path
        let sqlite = try await SQLiteStore.open(path: path, logger: Logger(label: "test"))
        let value = try await run(configuration, over: FaultyStore(sqlite), body)
        try sqlite.close()
        return value
    }

    private static func run<Value>(
        _ configuration: MonitorAPI.ServerConfiguration,
        over store: FaultyStore,
        _ body: (ServerHarness) async throws -> Value
    ) async throws -> Value {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let clock = TestClock()
        let gradingServer = FakeGradingServer()
        let secret = try WebhookSecret(WebhookSecret.generate())
        let commits = CommitQueue(store: store, bounds: .patient, wallClock: clock.wallClock, logger: logger)
        let reconciler = Reconciler(
            store: store,
            commits: commits,
            gradingServer: gradingServer,
            decoder: ReportDecoder(),
            policy: SweepPolicy(),
            owner: "test",
            wallClock: clock.wallClock,
            logger: logger
        )
        let verifier = SignatureVerifier(secrets: [secret], schemes: [.standard, .github])
        let retired = try WebhookSecret(WebhookSecret.generate())
        let refusals = RefusalRecorder(
            store: store,
            diagnosis: RefusalDiagnosis(
                verifier: verifier,
                retired: [RetiredSecret(retired, expiredAt: clock.now.advanced(by: .seconds(-86_400)))],
                decoder: ReportDecoder()
            ),
            gathering: .milliseconds(1),
            logger: logger
        )
        let (ports, announce) = AsyncStream.makeStream(of: Int.self)
        let server = MonitorServer(
            configuration: configuration,
            store: store,
            commits: commits,
            reconciler: reconciler,
            verifier: verifier,
            decoder: ReportDecoder(),
            refusals: refusals,
            wallClock: clock.wallClock,
            logger: logger,
            onRunning: { announce.yield($0) }
        )
        let group = ServiceGroup(services: [commits, refusals, server], logger: logger)
        let running = Task { try await group.run() }
        var announced = ports.makeAsyncIterator()
        let harness = ServerHarness(
            port: await announced.next() ?? 0,
            clock: clock,
            store: store,
            gradingServer: gradingServer,
            signer: WebhookSigner(secret: secret, scheme: .standard),
            githubSigner: WebhookSigner(secret: secret, scheme: .github),
            retiredSigner: WebhookSigner(secret: retired, scheme: .standard),
            shutDown: { await group.triggerGracefulShutdown() }
        )
        let result: Result<Value, any Error>
        do { result = .success(try await body(harness)) } catch { result = .failure(error) }
        await group.triggerGracefulShutdown()
        try await running.value
        return try result.get()
    }
}
