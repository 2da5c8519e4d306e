import Logging

/// Reads the change feed page by page, from where it stands at the first reading.
struct ChangeReader: Sendable {
    /// When to read again.
    enum Next: Sendable, Equatable {
        /// There is more.
        case atOnce
        /// At the next signal, and without one after this time.
        case within(Duration)
    }

    /// A signal may be lost: the feed is never further behind than this.
    static let catchUp = Duration.seconds(3)
    /// What waits behind a gap waits for the end of another transaction: milliseconds, as a rule.
    static let gapCheck = Duration.milliseconds(50)
    static let firstRetry = Duration.milliseconds(500)
    static let lastRetry = Duration.seconds(5)
    /// Rows in one page, and so in one batch for each subscriber.
    static let pageSize = 256
    /// How far before the end of the feed a transaction in flight may have a sequence at the start: several batches of
    /// several instances.
    static let startMargin: Int64 = 4_096

    let store: any Store
    let logger: Logger
    private var cursor: ChangeCursor?
    private var retry: Duration?

    init(store: any Store, logger: Logger) {
        self.store = store
        self.logger = logger
    }

    /// What may be told now, and when to come back.
    mutating func read() async -> (changes: [CommittedChange], next: Next) {
        do throws(StoreError) {
            let step = try await readPage()
            noteService()
            return step
        } catch {
            return ([], .within(noteOutage(error)))
        }
    }

    private mutating func readPage() async throws(StoreError) -> (changes: [CommittedChange], next: Next) {
        guard var cursor else {
            self.cursor = try await start()
            return ([], .atOnce)
        }
        let page = try await store.changes(after: cursor.position, limit: Self.pageSize)
        let changes = cursor.take(page)
        self.cursor = cursor
        if cursor.isWaiting { return (changes, .within(Self.gapCheck)) }
        return (changes, page.changes.count < Self.pageSize ? .within(Self.catchUp) : .atOnce)
    }

    private func start() async throws(StoreError) -> ChangeCursor {
        let start = max(0, try await store.latestChange() - Self.startMargin)
        // The margin holds as many sequences; what was committed between the two questions is told.
        return ChangeCursor(at: try await store.changes(after: start, limit: Int(Self.startMargin)), after: start)
    }

    /// Each outage is one line in the log, however long it lasts. A question that was cancelled is none.
    private mutating func noteOutage(_ error: StoreError) -> Duration {
        if retry == nil, !Task.isCancelled {
            logger.warning("The change feed cannot be read; it goes on when the database serves", metadata: ["error": "\(error)"])
        }
        let wait = min(retry.map { $0 * 2 } ?? Self.firstRetry, Self.lastRetry)
        retry = wait
        return wait
    }

    private mutating func noteService() {
        if retry != nil { logger.info("The change feed can be read again") }
        retry = nil
    }
}
