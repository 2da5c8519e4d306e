import GradingCore
import Logging

extension EndpointTable {
    /// Every endpoint of this server. The callback's come first: they are asked for most.
    init(
        configuration: ServerConfiguration,
        store: any Store,
        commits: CommitQueue,
        reconciler: Reconciler,
        verifier: SignatureVerifier,
        decoder: ReportDecoder,
        refusals: RefusalRecorder,
        limiter: RateLimiter,
        wallClock: WallClock,
        clock: any Clock<Duration>,
        drain: Drain,
        logger: Logger
    ) {
        let access = Access(configuration)
        let limits = configuration.rateLimits
        let limiter = RequestLimiter(
            limiter: limiter,
            store: store,
            clients: ClientResolver(trustedProxies: configuration.trustedProxies),
            wallClock: wallClock
        )
        let gatekeeper = Gatekeeper(limiter: limiter, drain: drain)
        let readiness = Readiness(
            database: DatabaseProbe(
                store: store,
                policy: configuration.readiness,
                wallClock: wallClock,
                clock: clock
            ),
            reconciler: reconciler,
            drain: drain,
            policy: configuration.readiness,
            startedAt: wallClock.now(),
            wallClock: wallClock
        )
        let webhooks = WebhookRoutes(
            commits: commits,
            verifier: verifier,
            decoder: decoder,
            refusals: refusals,
            limiter: limiter,
            badSignatureLimit: limits.badSignature,
            drain: drain,
            wallClock: wallClock,
            logger: logger
        )
        let sweeps = SweepRoutes(
            store: store,
            reconciler: reconciler,
            gatekeeper: gatekeeper,
            access: access,
            limits: limits,
            wallClock: wallClock
        )
        let tasks = TaskRoutes(
            store: store,
            reconciler: reconciler,
            gatekeeper: gatekeeper,
            access: access,
            limits: limits,
            wallClock: wallClock
        )
        let details = TaskDetailRoutes(store: store, decoder: decoder, gatekeeper: gatekeeper, access: access)
        let updates = StatusUpdateRoutes(
            commits: commits,
            decoder: decoder,
            gatekeeper: gatekeeper,
            access: access,
            wallClock: wallClock
        )
        let retries = RetryRoutes(
            retries: TaskRetries(
                store: store,
                reconciler: reconciler,
                policy: configuration.attempts,
                wallClock: wallClock,
                logger: logger
            ),
            gatekeeper: gatekeeper,
            access: access,
            limits: limits,
            wallClock: wallClock
        )
        let sessions = SessionRoutes(store: store, gatekeeper: gatekeeper, access: access, wallClock: wallClock)
        let priorities = PriorityRoutes(store: store, gatekeeper: gatekeeper, access: access)
        let deliveries = DeliveryRoutes(
            store: store,
            commits: commits,
            gatekeeper: gatekeeper,
            access: access,
            limits: limits,
            wallClock: wallClock
        )
        let monitoring = MonitoringRoutes(
            store: store,
            reconciler: reconciler,
            commits: commits,
            gatekeeper: gatekeeper,
            access: access,
            wallClock: wallClock
        )
        self.init(
            webhooks.endpoints + HealthRoutes(readiness: readiness).endpoints + sweeps.endpoints + tasks.endpoints
                + details.endpoints + updates.endpoints + sessions.endpoints + retries.endpoints
                + priorities.endpoints + deliveries.endpoints + monitoring.endpoints
        )
    }
}
