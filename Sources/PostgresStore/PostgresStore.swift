package import GradingCore
package import Logging

/// The store for several machines: PostgreSQL through libpq, shared by any number of instances.
///
/// Two connections commit for the commit queue, a few serve everything else, and one hears what other instances have committed.
package struct PostgresStore: Store {
    package var sessionWords: SessionWords { layout.database.sessionWords }

    /// One connection for each lane. Whoever else took one would keep the lane whose thread it has.
    let writers: ConnectionPool
    /// One batch is in the server's processors while the other is on its way to the disk. Measured with 32 senders and many
    /// sessions: 1.4 times the callbacks of one lane, and three were no better. In one big session, whose row they wait for in
    /// turn, two are as good as one with 32 senders and cost 8 % with 128; three cost 13 % with 32.
    package let commitLanes = 2

    /// The thread of the lane's connection: a batch then wakes no other thread from the moment it is due until it is committed.
    package func executor(ofLane lane: Int) -> (any TaskExecutor)? { writers.connections[lane].thread }

    let pool: ConnectionPool
    let signals: ChangeSignals
    let layout: WebAppLayout
    let applying: ApplyStatements
    let registering: RegistrationStatements
    let keyUses = KeyUses()
    let heldSessions = HeldSessions()
    let decoder: ReportDecoder
    let schedule: CheckSchedule
    let logger: Logger

    /// Whether libpq takes a URL, without connecting.
    package static func understands(url: String) -> Bool { ConnectionOptions(url: url) != nil }

    /// Connects, and brings the schema up to date.
    /// - Parameters:
    ///   - url: as libpq understands it (its manual, 34.1.1.2), several hosts allowed; Prisma's own parameters are understood.
    ///   - decoder: reads parked reports back: the one, with the operator's words, that reads everything else.
    ///   - schedule: when tasks are due for a check.
    ///   - poolSize: connections for whatever is not the commit queue's, 1 or more.
    package static func open(
        url: String,
        decoder: ReportDecoder = ReportDecoder(),
        schedule: CheckSchedule = SweepPolicy().schedule,
        poolSize: Int = 4,
        logger: Logger
    ) async throws(StoreError) -> PostgresStore {
        guard let options = ConnectionOptions(url: url) else {
            throw .incompatibleSchema("the URL of the database is not one that libpq understands")
        }
        let reach = ServerReach()
        let migrating = PostgresConnection(options, .migration, reach: reach, logger: logger)
        let server = try await migrating.perform { (session, deadline) throws(PostgresError) in
            let layout = try Migration(webAppSchema: options.webAppSchema).run(on: session, until: deadline)
            return try ServerDescription(session, layout: layout, until: deadline)
        }
        await migrating.close()
        server.log(to: logger)
        return PostgresStore(
            options,
            server,
            reach: reach,
            decoder: decoder,
            schedule: schedule,
            poolSize: poolSize,
            logger: logger
        )
    }

    private init(
        _ options: ConnectionOptions,
        _ server: ServerDescription,
        reach: ServerReach,
        decoder: ReportDecoder,
        schedule: CheckSchedule,
        poolSize: Int,
        logger: Logger
    ) {
        layout = server.layout
        applying = ApplyStatements(server.layout)
        registering = RegistrationStatements(server.layout)
        writers = ConnectionPool(size: commitLanes, options, .writer, reach: reach, logger: logger)
        pool = ConnectionPool(size: poolSize, options, reach: reach, logger: logger)
        let listening = PostgresConnection(options, .listener, reach: reach, logger: logger)
        signals = ChangeSignals(
            listener: ChangeListener(connection: listening, logger: logger),
            notifier: ChangeNotifier(pool: pool)
        )
        self.decoder = decoder
        self.schedule = schedule
        self.logger = logger
    }

    /// Ends all connections, when what is under way on them has come to its end.
    package func close() async {
        await signals.close()
        await writers.close()
        await pool.close()
    }

    // MARK: Work on the pool

    /// One transaction that writes, in as many round trips as `body` makes steps; `body` commits it.
    func write<Value: Sendable>(
        _ body: @escaping @Sendable (inout Transaction) throws(PostgresError) -> Value
    ) async throws(StoreError) -> Value {
        try await pool.perform { (session, deadline) throws(PostgresError) in
            try session.transaction(until: deadline, body)
        }
    }

    /// Statements that read, in one round trip and one transaction.
    func read<Value: Sendable>(
        _ queries: [Query],
        _ body: @escaping @Sendable ([QueryResult]) throws(PostgresError) -> Value
    ) async throws(StoreError) -> Value {
        try await read { (session, deadline) throws(PostgresError) in try body(session.read(queries, until: deadline)) }
    }

    /// Work that reads, statement by statement.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (Session, Deadline) throws(PostgresError) -> Value
    ) async throws(StoreError) -> Value {
        try await pool.perform(body)
    }
}
