import Logging
import Synchronization
import TestSupport
import Testing

@testable import GradingCore

@Suite("The sweep's lease", .timeLimit(.minutes(1)))
struct SweepLeaseTests {
    typealias Harness = ReconcilerHarness

    /// Runs a scheduler that sweeps after 2.5 s and then each 180 s.
    static func running(_ harness: Harness, _ body: () async throws -> Void) async throws {
        try await SweepSchedulerTests.running(harness, SweepSchedulerTests.scheduler(harness)) {
            await harness.clock.sleepers(1)
            try await body()
        }
    }

    static func lease(of owner: String, until end: Duration) -> InstanceLease {
        InstanceLease(name: "sweep", owner: owner, now: Harness.epoch, expiresAt: Harness.at(end))
    }

    static func harness(tasks: Int = 1) -> Harness {
        Harness(store: FakeStore(tasks: CommitQueueTests.tasks(1...tasks)))
    }

    @Test("covers a sweep and what is in flight at its end, then the time until the next one and a little more")
    func times() async throws {
        let harness = Self.harness()
        try await Self.running(harness) {
            harness.clock.advance(by: .milliseconds(2_500))
            await harness.clock.sleepers(1)
        }
        let leases = harness.store.state.withLock { $0.leasesAsked }
        #expect(leases.map(\.owner) == ["me", "me"])
        #expect(leases.map { $0.now.duration(to: $0.expiresAt) } == [.seconds(60 + 90), .seconds(180 + 10)])
    }

    @Test("keeps an instance from sweeping and pruning while another has it, and from calling itself overdue")
    func anothers() async throws {
        let harness = Self.harness()
        harness.store.set { $0.leases["sweep"] = Self.lease(of: "another", until: .seconds(40)) }
        try await Self.running(harness) {
            harness.clock.advance(by: .milliseconds(2_500))
            await harness.clock.sleepers(1)
            #expect(harness.clock.deadlines == [.milliseconds(32_500)])
            #expect(await harness.reconciler.lastSweepAt == Harness.at(.milliseconds(2_500)))
            harness.clock.advance(by: .seconds(30))
            await harness.clock.sleepers(1)
            #expect(harness.server.asked.isEmpty)
            #expect(harness.store.state.withLock { $0.pruned.isEmpty })

            // The other one has died: its lease is over.
            harness.clock.advance(by: .seconds(30))
            await harness.clock.sleepers(1)
            #expect(harness.server.asked.count == 1)
            #expect(harness.store.state.withLock { $0.pruned.count } == 1)
        }
    }

    @Test("does not keep anyone from sweeping by hand")
    func byHand() async throws {
        let harness = Self.harness(tasks: 2)
        harness.store.set { $0.leases["sweep"] = Self.lease(of: "another", until: .seconds(999)) }
        #expect(try await harness.sweep().tasksProcessed == 2)
    }

    @Test("is given back at shutdown, so that another instance sweeps next")
    func givenBack() async throws {
        let harness = Self.harness()
        try await Self.running(harness) {
            harness.clock.advance(by: .milliseconds(2_500))
            await harness.clock.sleepers(1)
            #expect(harness.store.state.withLock { $0.leases["sweep"]?.owner } == "me")
        }
        #expect(harness.store.state.withLock { $0.leases.isEmpty })
    }

    @Test("is left alone at shutdown when it is another's")
    func leftAlone() async throws {
        let harness = Self.harness()
        harness.store.set { $0.leases["sweep"] = Self.lease(of: "another", until: .seconds(999)) }
        try await Self.running(harness) {
            harness.clock.advance(by: .milliseconds(2_500))
            await harness.clock.sleepers(1)
        }
        #expect(harness.store.state.withLock { $0.leases["sweep"]?.owner } == "another")
    }

    @Test("is given back by an instance whose sweep failed")
    func failedSweep() async throws {
        let harness = Self.harness()
        harness.store.set { $0.parkedOutage = .unavailable("down") }
        try await Self.running(harness) {
            harness.clock.advance(by: .milliseconds(2_500))
            await harness.clock.sleepers(1)
            #expect(harness.store.state.withLock { $0.leases.isEmpty })
            #expect(harness.store.state.withLock { $0.pruned.isEmpty })
        }
    }

    @Test("is not taken for a sweep done when nobody knows who has it")
    func unknown() async throws {
        let harness = Self.harness()
        harness.store.set { $0.outage = .unavailable("down") }
        try await Self.running(harness) {
            harness.clock.advance(by: .milliseconds(2_500))
            await harness.clock.sleepers(1)
            #expect(await harness.reconciler.lastSweepAt == nil)
        }
        #expect(harness.lines.all.map(\.level) == [.warning])
    }
}
