package import Logging
import ServiceLifecycle

/// Tells subscribers what was committed, on this instance or another: every change once, in the order of its sequence.
///
/// It reads the feed that the commits themselves have written, so nothing is told before it is true, and a signal that was
/// lost costs seconds and no change.
package final class ChangeFeed: Service, Sendable {
    /// Batches that a subscriber may be behind.
    static let backlog = 32
    /// How many times longer changes are gathered while nobody subscribes: they are only counted then.
    static let unheardFactor = 10

    private let store: any Store
    private let clock: any Clock<Duration>
    private let gathering: Duration
    private let metrics: ChangeMetrics
    private let logger: Logger
    private let subscribers = Broadcast<[CommittedChange]>(.bounded(backlog))

    /// - Parameter gathering: how long changes are gathered after a batch was told, so that a flood of small commits does not
    ///   become a flood of small readings.
    package convenience init(
        store: any Store,
        clock: any Clock<Duration> = ContinuousClock(),
        gathering: Duration = .milliseconds(20),
        logger: Logger
    ) {
        self.init(
            store: store,
            clock: clock,
            gathering: gathering,
            metrics: ChangeMetrics(words: store.sessionWords),
            logger: logger
        )
    }

    init(store: any Store, clock: any Clock<Duration>, gathering: Duration, metrics: ChangeMetrics, logger: Logger) {
        self.store = store
        self.clock = clock
        self.gathering = gathering
        self.metrics = metrics
        self.logger = logger
    }

    /// What is committed from now on, in batches that are never empty.
    ///
    /// The stream ends when the subscriber is more than 32 batches behind, or the feed has ended. Whoever subscribes again
    /// has missed something: subscribe first, then read the present state.
    package func subscribe() -> AsyncStream<[CommittedChange]> {
        subscribers.listen()
    }

    /// Tells changes until graceful shutdown; then every subscriber's stream ends. To be called once.
    package func run() async throws {
        await cancelWhenGracefulShutdown { await self.tell() }
        subscribers.finish()
    }

    private func tell() async {
        let (wakeUps, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let signals = store.changeSignals()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for await _ in signals { wake.yield() }
            }
            var reader = ChangeReader(store: store, logger: logger)
            var awake = wakeUps.makeAsyncIterator()
            while !Task.isCancelled {
                let (changes, next) = await reader.read()
                await tell(changes)
                guard case .within(let wait) = next else { continue }
                let timer = timer(wait, wake)
                await awake.next()
                timer.cancel()
            }
            group.cancelAll()
        }
    }

    private func tell(_ changes: [CommittedChange]) async {
        guard !changes.isEmpty else { return }
        for change in changes { metrics.count(change.change) }
        subscribers.send(changes)
        let pause = subscribers.hasListeners ? gathering : gathering * Self.unheardFactor
        if pause > .zero { try? await clock.sleep(for: pause) }
    }

    private func timer(_ wait: Duration, _ wake: AsyncStream<Void>.Continuation) -> Task<Void, Never> {
        Task { [clock] in
            // Cancelled: a signal came first.
            do { try await clock.sleep(for: wait) } catch { return }
            wake.yield()
        }
    }
}
