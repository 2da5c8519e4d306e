import Logging
import MetricsTestKit
import ServiceLifecycleTestKit
import TestSupport
import Testing

@testable import GradingCore

@Suite("The change feed", .timeLimit(.minutes(1)))
struct ChangeFeedTests {
    /// A feed over a fake store, on a clock that the test moves.
    struct Harness: Sendable {
        let store = FakeStore()
        let clock = TestClock()
        let lines = LogLines()
        let metrics = TestMetrics()
        let feed: ChangeFeed

        init(gathering: Duration = .zero) {
            feed = ChangeFeed(
                store: store,
                clock: clock,
                gathering: gathering,
                metrics: ChangeMetrics(words: store.sessionWords, factory: metrics),
                logger: lines.logger
            )
        }

        /// With the feed at its first wait; shut down after the body.
        func run(_ body: () async throws -> Void) async throws {
            try await testGracefulShutdown { trigger in
                async let run: Void = feed.run()
                await clock.sleepers(1)
                try await body()
                trigger.triggerGracefulShutdown()
                try await run
            }
        }

        /// Makes rows visible.
        func show(_ sequences: ClosedRange<Int64>) {
            store.set { state in
                state.changes += sequences.map { .fake($0) }
                state.changes.sort { $0.sequence < $1.sequence }
            }
        }

        func commit(_ sequences: ClosedRange<Int64>) {
            show(sequences)
            store.signals.send(())
        }
    }

    @Test("tells every subscriber what is committed from now on, and nothing from before")
    func tells() async throws {
        let harness = Harness()
        harness.show(1...5_000)
        try await harness.run {
            var (one, other) = (harness.feed.subscribe().makeAsyncIterator(), harness.feed.subscribe().makeAsyncIterator())
            harness.commit(5_001...5_002)
            #expect(await one.next()?.map(\.sequence) == [5_001, 5_002])
            #expect(await other.next()?.map(\.sequence) == [5_001, 5_002])
            harness.commit(5_003...5_003)
            #expect(await one.next()?.map(\.sequence) == [5_003])
        }
    }

    @Test("catches up within seconds when a signal was lost")
    func lostSignal() async throws {
        let harness = Harness()
        try await harness.run {
            var changes = harness.feed.subscribe().makeAsyncIterator()
            harness.show(1...1)
            #expect(harness.clock.deadlines == [.seconds(3)])
            harness.clock.advance(by: .seconds(3))
            #expect(await changes.next()?.map(\.sequence) == [1])
        }
    }

    @Test("asks again soon while something waits behind a gap, and tells all of it in order")
    func gap() async throws {
        let harness = Harness()
        try await harness.run {
            var changes = harness.feed.subscribe().makeAsyncIterator()
            harness.store.set { ($0.oldestOpenTransaction, $0.nextTransaction) = (10, 12) }
            harness.commit(2...3)
            await until { harness.clock.deadlines == [.milliseconds(50)] }
            harness.show(1...1)
            harness.clock.advance(by: .milliseconds(50))
            #expect(await changes.next()?.map(\.sequence) == [1, 2, 3])

            harness.commit(5...5)
            await until { harness.clock.deadlines == [.milliseconds(100)] }
            harness.store.set { ($0.oldestOpenTransaction, $0.nextTransaction) = (12, 20) }
            harness.clock.advance(by: .milliseconds(50))
            #expect(await changes.next()?.map(\.sequence) == [5])
        }
    }

    @Test("reads a flood page by page, without waiting in between")
    func pages() async throws {
        let harness = Harness()
        try await harness.run {
            var changes = harness.feed.subscribe().makeAsyncIterator()
            harness.commit(1...600)
            for count in [256, 256, 88] { #expect(await changes.next()?.count == count) }
        }
    }

    @Test("lets changes gather for a moment after a batch")
    func gathers() async throws {
        let harness = Harness(gathering: .milliseconds(20))
        try await harness.run {
            var changes = harness.feed.subscribe().makeAsyncIterator()
            harness.commit(1...1)
            #expect(await changes.next()?.map(\.sequence) == [1])
            await until { harness.clock.deadlines == [.milliseconds(20)] }
            for sequence in 2...9 as ClosedRange<Int64> { harness.commit(sequence...sequence) }
            harness.clock.advance(by: .milliseconds(20))
            #expect(await changes.next()?.map(\.sequence) == Array(2...9))
        }
    }

    @Test("ends the stream of a subscriber that is too slow, after what it was given, and holds up nobody for it")
    func slowSubscriber() async throws {
        let harness = Harness()
        try await harness.run {
            let slow = harness.feed.subscribe()
            var fast = harness.feed.subscribe().makeAsyncIterator()
            for sequence in 1...40 as ClosedRange<Int64> {
                harness.commit(sequence...sequence)
                #expect(await fast.next()?.map(\.sequence) == [sequence])
            }
            var seen: [Int64] = []
            for await batch in slow { seen += batch.map(\.sequence) }
            #expect(seen == Array(1...32))
        }
    }

    @Test("goes on after an outage with what it missed, asks ever more seldom, and says so once")
    func outage() async throws {
        let harness = Harness()
        try await harness.run {
            var changes = harness.feed.subscribe().makeAsyncIterator()
            harness.store.set { $0.outage = .unavailable("down") }
            harness.store.signals.send(())
            var elapsed = Duration.zero
            for wait in [0.5, 1, 2, 4, 5, 5] {
                elapsed += .seconds(wait)
                await until { harness.clock.deadlines == [elapsed] }
                harness.clock.advance(by: .seconds(wait))
            }
            await until { harness.clock.deadlines == [elapsed + .seconds(5)] }
            #expect(harness.lines.all.map(\.level) == [.warning])
            harness.store.set { state in
                state.outage = nil
                state.changes = [.fake(1), .fake(2)]
            }
            harness.store.signals.send(())
            #expect(await changes.next()?.map(\.sequence) == [1, 2])
            await until { harness.lines.all.count == 2 }
            #expect(harness.lines.all.last?.level == .info)
        }
    }

    @Test("starts when the database does")
    func outageAtStart() async throws {
        let harness = Harness()
        harness.show(1...1)
        harness.store.set { $0.outage = .unavailable("down") }
        try await harness.run {
            var changes = harness.feed.subscribe().makeAsyncIterator()
            harness.store.set { $0.outage = nil }
            harness.clock.advance(by: .milliseconds(500))
            await until { harness.clock.deadlines == [.milliseconds(3_500)] }
            harness.commit(2...2)
            #expect(await changes.next()?.map(\.sequence) == [2])
        }
    }

    @Test("ends every stream when it is shut down, those of latecomers too")
    func shutdown() async throws {
        let harness = Harness()
        let changes = harness.feed.subscribe()
        try await harness.run {}
        for await _ in changes {}
        for await _ in harness.feed.subscribe() {}
        #expect(harness.lines.all.isEmpty)
    }

    @Test("counts what it told by kind and status")
    func counts() async throws {
        let harness = Harness()
        try await harness.run {
            var changes = harness.feed.subscribe().makeAsyncIterator()
            let failed = TaskChange(
                task: TaskID("t1")!,
                student: StudentRowID("row-1"),
                session: SessionID("s1")!,
                from: .pending,
                to: .failed,
                source: .sweep
            )
            harness.store.set { state in
                state.changes = [
                    CommittedChange(sequence: 1, change: .task(failed), at: Timestamp(milliseconds: 1)), .fake(2), .fake(3),
                ]
            }
            harness.store.signals.send(())
            _ = await changes.next()
        }
        func total(_ kind: String, _ status: String) throws -> Int64 {
            try harness.metrics.expectCounter("grading_changes_total", [("kind", kind), ("status", status)]).totalValue
        }
        #expect(try total("task", "FAILED") == 1)
        #expect(try total("task", "COMPLETED") == 0)
        #expect(try total("session", "IN_PROGRESS") == 2)
    }
}
