package import GradingCore
import GRDB
package import Logging

/// The store for one machine: SQLite through one connection.
///
/// One connection, because several connections in WAL mode to SQLite before 3.51.3 can meet the WAL-reset bug, and because the
/// commit queue gathers writes into batches anyway.
package struct SQLiteStore: Store {
    package var sessionWords: SessionWords { statements.layout.sessionWords }
    package let commitLanes = 1

    let queue: DatabaseQueue
    let file: FileIdentity
    let statements: SQLiteStatements
    let decoder: ReportDecoder
    let schedule: CheckSchedule
    let signals = Broadcast<Void>(.latestOnly)
    private let busyTimeout: Duration
    let logger: Logger

    /// How long the opening waits for another process's lock: that one may be making the tables, on a slow disk.
    private static let openingTimeout = Duration.seconds(30)

    /// Opens (and makes, where it is not there) the database at `path` and brings its schema up to date.
    /// - Parameters:
    ///   - path: a file's path, in a directory that exists and can be written.
    ///   - decoder: reads parked reports back: the one, with the operator's words, that reads everything else.
    ///   - schedule: when tasks are due for a check.
    ///   - busyTimeout: how long work waits for another process's lock, and for its turn behind other work.
    package static func open(
        path: String,
        decoder: ReportDecoder = ReportDecoder(),
        schedule: CheckSchedule = SweepPolicy().schedule,
        busyTimeout: Duration = .seconds(5),
        logger: Logger
    ) async throws(StoreError) -> SQLiteStore {
        do {
            let queue = try DatabaseQueue(path: path, configuration: configuration(max(busyTimeout, openingTimeout)))
            let layout = try await queue.writeWithoutTransaction { db in
                // GRDB has set NORMAL together with the WAL. FULL syncs the WAL after each transaction, so that a commit
                // which was acknowledged survives power loss (https://www.sqlite.org/pragma.html#pragma_synchronous).
                try db.execute(sql: "PRAGMA synchronous = FULL")
                // KiB. SQLite's own 2 MiB are too few for the upper levels of the indexes that each callback touches.
                try db.execute(sql: "PRAGMA cache_size = -16384")
                let layout = try MonitorSchema.migrate(db)
                // From here on others wait for an answer.
                try db.execute(sql: "PRAGMA busy_timeout = \(Int(busyTimeout.inSeconds * 1_000))")
                return layout
            }
            layout.log(to: logger)
            return SQLiteStore(
                queue: queue,
                file: FileIdentity(path: path),
                statements: SQLiteStatements(layout),
                decoder: decoder,
                schedule: schedule,
                busyTimeout: busyTimeout,
                logger: logger
            )
        } catch {
            throw StoreError(error)
        }
    }

    /// Closes the connection; SQLite then folds its write-ahead log into the database file.
    package func close() throws(StoreError) {
        signals.finish()
        do {
            try queue.close()
        } catch {
            throw StoreError(error)
        }
    }

    /// How long work may wait for its turn behind other work: as long as SQLite waits for a lock. Otherwise each of a queue of
    /// writes would spend the whole busy timeout, one after the other, before the last is told to try again.
    private struct Patience {
        let deadline: ContinuousClock.Instant

        func check() throws(StoreError) {
            guard ContinuousClock.now < deadline else { throw .unavailable("SQLite: the database is busy") }
        }
    }

    private var patience: Patience { Patience(deadline: .now + busyTimeout) }

    private static func configuration(_ busyTimeout: Duration) -> Configuration {
        var configuration = Configuration()
        configuration.label = "grading-monitor.sqlite"
        configuration.journalMode = .wal
        // GRDB's own default is to fail at once.
        configuration.busyMode = .timeout(busyTimeout.inSeconds)
        configuration.foreignKeysEnabled = true
        return configuration
    }

    // MARK: Transactions

    /// One transaction that writes: `BEGIN IMMEDIATE`, so that a busy database shows at the start and not in the middle.
    ///
    /// Whoever listens for changes is told when it has written anything at all. An observer of GRDB's would know what, and costs
    /// each statement more than a look at the change feed for nothing.
    func write<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws(StoreError) -> Value {
        let patience = patience
        do {
            let (value, hasWritten) = try await queue.write { db in
                try patience.check()
                let changes = db.totalChangesCount
                return (try body(db), db.totalChangesCount > changes)
            }
            if hasWritten { signals.send(()) }
            return value
        } catch {
            throw StoreError(error)
        }
    }

    /// One transaction that reads.
    func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws(StoreError) -> Value {
        let patience = patience
        do {
            return try await queue.read { db in
                try patience.check()
                return try body(db)
            }
        } catch {
            throw StoreError(error)
        }
    }
}
