package import Logging
import ServiceLifecycle
import Synchronization

/// Keeps a sample of the refused callbacks for the ledger, off the answer's path: whoever refuses one notes it, at the price of a
/// lock and a look-up, and goes on. What was wrong with it is found, and written, in the background.
package final class RefusalRecorder: Service, Sendable {
    /// What waits for a database that does not serve; beyond that the newest are left out.
    static let maximumUnwritten = 256

    private let sample = Mutex(RefusalSample())
    /// Looked at, and not written yet.
    private let unwritten = Mutex(Unwritten())
    private let store: any Store
    private let diagnosis: RefusalDiagnosis
    private let clock: any Clock<Duration>
    private let gathering: Duration
    private let metrics: RefusalMetrics
    private let logger: Logger
    private let wakeUps: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    /// - Parameter gathering: how long refusals are gathered after some were written, so that a flood is one small commit a second.
    package convenience init(
        store: any Store,
        diagnosis: RefusalDiagnosis,
        clock: any Clock<Duration> = ContinuousClock(),
        gathering: Duration = .seconds(1),
        logger: Logger
    ) {
        self.init(
            store: store,
            diagnosis: diagnosis,
            clock: clock,
            gathering: gathering,
            metrics: RefusalMetrics(),
            logger: logger
        )
    }

    init(
        store: any Store,
        diagnosis: RefusalDiagnosis,
        clock: any Clock<Duration>,
        gathering: Duration,
        metrics: RefusalMetrics,
        logger: Logger
    ) {
        self.store = store
        self.diagnosis = diagnosis
        self.clock = clock
        self.gathering = gathering
        self.metrics = metrics
        self.logger = logger
        (wakeUps, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// Never waits for anything.
    package func note(_ refused: RefusedCallback) {
        metrics.count(refused.reason)
        if sample.withLock({ $0.note(refused) }) { wake.yield() }
    }

    /// Writes what is noted until graceful shutdown, then what is left. To be called once.
    package func run() async throws {
        await cancelWhenGracefulShutdown { await self.writeAll() }
        try? await write()
    }

    private func writeAll() async {
        var awake = wakeUps.makeAsyncIterator()
        var isServing = true
        while await awake.next() != nil {
            do throws(StoreError) {
                try await write()
                isServing = true
            } catch {
                if isServing {
                    logger.notice("The ledger does not take refused callbacks", metadata: ["error": "\(error)"])
                }
                isServing = false
            }
            try? await clock.sleep(for: gathering)
        }
    }

    /// What could not be written is kept for the next time, unless the database does not want this very data.
    private func write() async throws(StoreError) {
        let taken = sample.withLock { $0.take() }
        let refusals = taken.kept.map(diagnosis.refusal)
        for refusal in refusals { tell(refusal) }
        let batch = unwritten.withLock { $0.takeAll(adding: refusals, taken.more) }
        guard !batch.isEmpty else { return }
        do {
            try await store.recordRefusals(batch.refusals, more: batch.more)
        } catch {
            if case .rejected = error { throw error }
            unwritten.withLock { $0.putBack(batch) }
            wake.yield()
            throw error
        }
    }

    /// A sender of ours that is refused is worth an operator's look; a stranger is not.
    private func tell(_ refusal: CallbackRefusal) {
        metrics.countDiagnosed(refusal.reason)
        logger.log(
            level: refusal.keyID == nil ? .info : .warning,
            "A callback was refused",
            metadata: [
                "reason": "\(refusal.reason.rawValue)", "detail": "\(refusal.detail)", "sender": "\(refusal.sender)",
                "task": "\(refusal.task?.rawValue ?? "unknown")", "refusal": "\(refusal.id)",
            ]
        )
    }

    /// Refusals on their way to the store.
    private struct Unwritten: Sendable {
        var refusals: [CallbackRefusal] = []
        var more: [String: Int] = [:]

        var isEmpty: Bool { refusals.isEmpty && more.isEmpty }

        mutating func takeAll(adding refusals: [CallbackRefusal], _ more: [String: Int]) -> Unwritten {
            defer { self = Unwritten() }
            self.refusals += refusals
            self.more.merge(more, uniquingKeysWith: +)
            return self
        }

        mutating func putBack(_ batch: Unwritten) {
            refusals = Array(batch.refusals.prefix(maximumUnwritten))
            more = batch.more.count <= maximumUnwritten ? batch.more : [:]
        }
    }
}
