import GradingCore
import Logging
import MonitorAPI
import ServiceLifecycle
import UnixSignals

/// The whole server: all parts put together, run until it is told to end.
struct MonitorApplication: Sendable {
    /// What was begun may take this long to come to its end; then it is cancelled. Under the 30 s that service managers wait
    /// by default before they kill.
    static let shutdownGrace = Duration.seconds(25)

    let configuration: MonitorConfiguration
    let logger: Logger

    /// Serves until SIGTERM or SIGINT, then commits what is in flight and returns.
    /// - Parameter onServerRunning: called with the URL before the first request is answered.
    func run(onServerRunning: @escaping @Sendable (_ url: String) async -> Void) async throws {
        ThreadScheduling.useBatchPolicy()
        let core = try await ReconciliationCore(configuration.reconciliation, creating: true, logger: logger)
        do {
            let group = serviceGroup(core, onServerRunning: onServerRunning)
            try await HTTPAddress(host: configuration.host, port: configuration.port).explainingBindErrors {
                try await group.run()
            }
        } catch {
            await core.close()
            throw error
        }
        await core.close()
        logger.info("Stopped")
    }

    private func serviceGroup(
        _ core: ReconciliationCore,
        onServerRunning: @escaping @Sendable (_ url: String) async -> Void
    ) -> ServiceGroup {
        var group = ServiceGroupConfiguration(
            services: services(core, onServerRunning: onServerRunning),
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        )
        group.maximumGracefulShutdownDuration = Self.shutdownGrace
        return ServiceGroup(configuration: group)
    }

    /// Services start in this order and stop in the opposite one: the server takes no more requests and answers those it has,
    /// then what was refused is written to the ledger, the scheduler ends, then the change feed, then the queue commits what is left.
    func services(
        _ core: ReconciliationCore,
        onServerRunning: @escaping @Sendable (_ url: String) async -> Void = { _ in }
    ) -> [any Service] {
        let scheduler = SweepScheduler(
            reconciler: core.reconciler,
            store: core.store,
            retries: TaskRetries(
                store: core.store,
                reconciler: core.reconciler,
                policy: configuration.attempts,
                logger: logger
            ),
            policy: core.policy,
            owner: core.sweepOwner,
            logger: logger
        )
        let feed = ChangeFeed(store: core.store, logger: logger)
        let verifier = SignatureVerifier(secrets: configuration.secrets.webhook, schemes: configuration.secrets.schemes)
        let retired = configuration.secrets.retiredWebhook
        let refusals = RefusalRecorder(
            store: core.store,
            diagnosis: RefusalDiagnosis(verifier: verifier, retired: retired, decoder: core.decoder),
            logger: logger
        )
        let server = server(core, verifier, refusals, onServerRunning: onServerRunning)
        return [core.commits, feed, scheduler, refusals, server]
    }

    private func server(
        _ core: ReconciliationCore,
        _ verifier: SignatureVerifier,
        _ refusals: RefusalRecorder,
        onServerRunning: @escaping @Sendable (_ url: String) async -> Void
    ) -> MonitorServer {
        MonitorServer(
            configuration: serverConfiguration,
            store: core.store,
            commits: core.commits,
            reconciler: core.reconciler,
            verifier: verifier,
            decoder: core.decoder,
            refusals: refusals,
            logger: logger
        ) { [host = configuration.host, logger] port in
            let url = HTTPAddress(host: host, port: port).url
            await onServerRunning(url)
            logger.info("Listening", metadata: ["url": "\(url)"])
        }
    }

    private var serverConfiguration: ServerConfiguration {
        var server = ServerConfiguration()
        server.host = configuration.host
        server.port = configuration.port
        server.cronSecrets = configuration.secrets.cron
        server.operatorSecrets = configuration.secrets.operators
        server.trustedProxies = configuration.trustedProxies
        server.rateLimits.cron = configuration.cronLimit
        server.rateLimits.manual = configuration.manualLimit
        server.attempts = configuration.attempts
        server.maximumConnections = OpenFileLimit.connections(of: OpenFileLimit.raise())
        server.readiness = ReadinessPolicy(sweep: configuration.reconciliation.sweep)
        return server
    }
}
