import AsyncHTTPClient
package import GradingCore
import Hummingbird
package import Logging
import NIOCore
import ServiceLifecycle

/// A grading server for demonstrations and tests: takes tasks, lets them take their time, answers questions about them, and
/// sends signed callbacks, with the faults that one asks for.
package struct SimulatorServer: Service {
    private let configuration: SimulatorConfiguration
    private let wallClock: WallClock
    private let clock: any Clock<Duration>
    private let logger: Logger
    private let onServerRunning: @Sendable (_ port: Int) async -> Void

    /// - Parameters:
    ///   - wallClock: tells how far a task has come and stamps signatures.
    ///   - clock: waits; must run as fast as the wall clock.
    ///   - onServerRunning: called with the port once it listens.
    package init(
        configuration: SimulatorConfiguration,
        wallClock: WallClock = .system,
        clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger,
        onServerRunning: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.wallClock = wallClock
        self.clock = clock
        self.logger = logger
        self.onServerRunning = onServerRunning
    }

    /// Serves until graceful shutdown; tasks that have not ended by then stay where they are.
    ///
    /// Throws when the port cannot be had.
    package func run() async throws {
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: Self.clientConfiguration)
        do {
            try await serve(sendingWith: client)
        } catch {
            try? await client.shutdown()
            throw error
        }
        try await client.shutdown()
    }

    private func serve(sendingWith client: HTTPClient) async throws {
        let tasks = SimulatedTasks(configuration: configuration, wallClock: wallClock)
        let routes = SimulatorRoutes(tasks: tasks, configuration: configuration, wallClock: wallClock)
        let onServerRunning = onServerRunning
        let application = Application(
            router: routes.router,
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port),
                serverName: "grading-simulator"
            ),
            services: [try runner(tasks: tasks, client: client)],
            onServerRunning: { channel in await onServerRunning(channel.localAddress?.port ?? 0) },
            logger: logger
        )
        try await application.run()
    }

    private func runner(tasks: SimulatedTasks, client: HTTPClient) throws -> TaskRunner {
        let wrongSecret = try WebhookSecret(WebhookSecret.generate(), schemes: [configuration.scheme])
        return TaskRunner(
            tasks: tasks,
            sender: CallbackSender(
                transport: .http(client, timeout: configuration.callbackTimeout),
                retry: configuration.retry,
                clock: clock,
                wallClock: wallClock,
                logger: logger
            ),
            configuration: configuration,
            signer: WebhookSigner(secret: configuration.secret, scheme: configuration.scheme),
            forger: WebhookSigner(secret: wrongSecret, scheme: configuration.scheme),
            logger: logger
        )
    }

    private static var clientConfiguration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.connectionPool = HTTPClient.Configuration.ConnectionPool(
            idleTimeout: .seconds(30),
            concurrentHTTP1ConnectionsPerHostSoftLimit: 32
        )
        return configuration
    }
}
