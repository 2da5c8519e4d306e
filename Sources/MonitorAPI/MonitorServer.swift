package import GradingCore
import HummingbirdCore
package import Logging
package import NIOCore
import NIOPosix
import ServiceLifecycle

/// The HTTP server with all its routes. Serves until graceful shutdown: then it takes no more connections, calls itself not
/// ready, refuses new callbacks, and returns when what was under way is answered.
package struct MonitorServer: Service {
    private let configuration: ServerConfiguration
    private let channel: StrictHTTP1Channel
    private let drain: Drain
    private let reconciler: Reconciler
    private let clock: any Clock<Duration>
    private let eventLoopGroup: any EventLoopGroup
    private let logger: Logger
    private let onRunning: @Sendable (_ port: Int) async -> Void

    /// - Parameters:
    ///   - refusals: takes note of the callbacks that are refused; whoever makes it runs it.
    ///   - limiter: shared with whatever else limits the same clients.
    ///   - clock: for the deadline of a readiness check.
    ///   - onRunning: called once, with the port, when the first connection would be taken.
    package init(
        configuration: ServerConfiguration,
        store: any Store,
        commits: CommitQueue,
        reconciler: Reconciler,
        verifier: SignatureVerifier,
        decoder: ReportDecoder,
        refusals: RefusalRecorder,
        limiter: RateLimiter = RateLimiter(),
        wallClock: WallClock = .system,
        clock: any Clock<Duration> = ContinuousClock(),
        generator: some RandomNumberGenerator = SystemRandomNumberGenerator(),
        eventLoopGroup: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        logger: Logger,
        onRunning: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
    ) {
        var generator = generator
        let encoder = AnswerEncoder(headers: AnswerHeaders(wallClock: wallClock, using: &generator))
        let drain = Drain()
        let endpoints = EndpointTable(
            configuration: configuration,
            store: store,
            commits: commits,
            reconciler: reconciler,
            verifier: verifier,
            decoder: decoder,
            refusals: refusals,
            limiter: limiter,
            wallClock: wallClock,
            clock: clock,
            drain: drain,
            logger: logger
        )
        self.configuration = configuration
        let bodies = RefusedBodies(
            refusals: refusals,
            clients: ClientResolver(trustedProxies: configuration.trustedProxies),
            limit: configuration.connection.bodyBytes,
            wallClock: wallClock
        )
        self.channel = StrictHTTP1Channel(
            limits: configuration.connection,
            refusals: RefusalResponses(noteTooLarge: bodies.note, logger: logger),
            responder: APIResponder(endpoints: endpoints, logger: logger),
            encoder: encoder
        )
        self.drain = drain
        self.reconciler = reconciler
        self.clock = clock
        self.eventLoopGroup = eventLoopGroup
        self.logger = logger
        self.onRunning = onRunning
    }

    /// Throws when the address cannot be had.
    package func run() async throws {
        let server = channel.server(
            configuration: HummingbirdCore.ServerConfiguration(
                address: .hostname(configuration.host, port: configuration.port),
                availableConnectionsDelegate: MaximumAvailableConnections(configuration.maximumConnections)
            ),
            onServerRunning: { [onRunning] channel in await onRunning(channel.localAddress?.port ?? 0) },
            eventLoopGroup: eventLoopGroup,
            logger: logger
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await endWorkOnShutdown() }
            try await withGracefulShutdownHandler {
                try await server.run()
            } onGracefulShutdown: { [drain] in
                drain.begin()
            }
            group.cancelAll()
        }
    }

    /// Requests that wait for a slow grading server must not hold up the shutdown for its whole timeout.
    private func endWorkOnShutdown() async throws {
        do {
            try await gracefulShutdown()
            try await clock.sleep(for: configuration.shutdownPatience)
        } catch {
            // Cancelled: the server has ended before.
            return
        }
        await reconciler.cancelWork()
    }
}
