import Logging
import MetricsTestKit
import ServiceLifecycle
import ServiceLifecycleTestKit
import Synchronization
import TestSupport
import Testing

@testable import GradingCore

@Suite("The recorder of refusals", .timeLimit(.minutes(1)))
struct RefusalRecorderTests {
    private struct Bench {
        let store = FakeStore()
        let clock = TestClock()
        let metrics = TestMetrics()
        let lines = LogLines()
        let recorder: RefusalRecorder

        init(retired: [RetiredSecret] = []) {
            recorder = RefusalRecorder(
                store: store,
                diagnosis: RefusalDiagnosis(verifier: SignatureVerifier(secrets: []), retired: retired, decoder: ReportDecoder()),
                clock: clock,
                gathering: .seconds(1),
                metrics: RefusalMetrics(factory: metrics),
                logger: lines.logger
            )
        }

        var written: [CallbackRefusal] { store.state.withLock { Array($0.refusals.values) } }

        func counted(_ label: String, _ reason: RefusalReason) throws -> Int64 {
            try metrics.expectCounter(label, [("reason", reason.rawValue)]).totalValue
        }

        /// Runs it until it has written once and gathers more, then the body.
        func run(_ body: () async -> Void) async throws {
            try await testGracefulShutdown { trigger in
                let running = Task { try await recorder.run() }
                await body()
                trigger.triggerGracefulShutdown()
                try await running.value
            }
        }
    }

    @Test("writes what it found out, a second's worth at a time")
    func writes() async throws {
        let bench = Bench()
        try await bench.run {
            bench.recorder.note(.fake())
            await bench.clock.sleepers(1)
            #expect(bench.written.map(\.reason) == [.noSignature], "it has no signature when one looks")
            for _ in 0..<100 { bench.recorder.note(.fake(.clockSkew)) }
            #expect(bench.written.count == 1)
            bench.clock.advance(by: .seconds(1))
            await bench.clock.sleepers(1)
            #expect(bench.written.count == 6)
        }
        #expect(bench.store.state.withLock { $0.moreRefusals.values.map(\.self) } == [95])
        #expect(try bench.counted("grading_callback_refusals_total", .clockSkew) == 100)
        #expect(try bench.counted("grading_callback_refusals_total", .wrongKey) == 1)
        #expect(try bench.counted("grading_callback_refusals_diagnosed_total", .noSignature) == 6)
    }

    @Test("writes at shutdown what came last")
    func shutdown() async throws {
        let bench = Bench()
        try await bench.run {
            bench.recorder.note(.fake())
            await bench.clock.sleepers(1)
            bench.recorder.note(.fake(from: "192.0.2.2"))
        }
        #expect(bench.written.count == 2)
    }

    @Test("keeps what the database did not take, and tries again")
    func outage() async throws {
        let bench = Bench()
        bench.store.set { $0.outage = .unavailable("down") }
        try await bench.run {
            for _ in 0..<7 { bench.recorder.note(.fake()) }
            await bench.clock.sleepers(1)
            #expect(bench.written.isEmpty)
            bench.store.set { $0.outage = nil }
            bench.clock.advance(by: .seconds(1))
            await bench.clock.sleepers(1)
            #expect(bench.written.count == 5)
        }
        #expect(bench.store.state.withLock { $0.moreRefusals.values.map(\.self) } == [2])
    }

    @Test("lets go of what the database will never take")
    func rejected() async throws {
        let bench = Bench()
        bench.store.set { $0.outage = .rejected("this very data") }
        try await bench.run {
            bench.recorder.note(.fake())
            await bench.clock.sleepers(1)
            bench.store.set { $0.outage = nil }
            bench.recorder.note(.fake(.clockSkew))
            bench.clock.advance(by: .seconds(1))
            await bench.clock.sleepers(1)
            #expect(bench.written.count == 1)
        }
        #expect(bench.lines.all.count { $0.level == .notice } == 1)
    }

    @Test("warns of senders of ours, and not of strangers")
    func logs() async throws {
        let secret = WebhookSecret(unchecked: WebhookSecret.generate())
        let bench = Bench(retired: [RetiredSecret(secret, expiredAt: Timestamp(milliseconds: 0))])
        let headers = WebhookSigner(secret: secret, scheme: .standard).headers(
            id: "a",
            at: Timestamp(milliseconds: 9_000),
            body: []
        )
        let known = RefusedCallback(
            .wrongKey,
            receivedAt: Timestamp(milliseconds: 9_000),
            sender: "192.0.2.1",
            headers: SignatureHeaders(headers),
            body: []
        )
        try await bench.run {
            bench.recorder.note(.fake())
            bench.recorder.note(known)
            await bench.clock.sleepers(1)
        }
        let warnings = bench.lines.all.filter { $0.level == .warning }
        #expect(warnings.compactMap { $0.metadata["reason"].map { "\($0)" } } == ["retired-key"])
    }
}
