import TestSupport
import Testing

@testable import GradingCore

@Suite("The adaptive grace", .timeLimit(.minutes(1)))
struct AdaptiveGraceTests {
    typealias Harness = ReconcilerHarness

    private static func minutes(_ range: ClosedRange<Int>) -> [Duration] { range.map { .seconds($0 * 60) } }

    private static func task(startedAt: Timestamp?) -> ClaimedTask {
        ClaimedTask(task: TaskID("t1")!, owner: "me", consecutiveErrors: 0, status: .processing, startedAt: startedAt)
    }

    // MARK: The rule

    @Test("expects what nine of ten finished tasks took at most")
    func quantile() {
        let estimate = AdaptiveGrace().estimate(from: Self.minutes(1...20).reversed())
        #expect(estimate == AdaptiveGrace.Estimate(duration: .seconds(18 * 60), samples: 20))
        var all = AdaptiveGrace()
        all.quantile = 1
        #expect(all.estimate(from: Self.minutes(1...20))?.duration == .seconds(20 * 60))
        all.quantile = 0
        #expect(all.estimate(from: Self.minutes(1...20))?.duration == .seconds(60))
    }

    @Test("expects nothing of fewer than twenty")
    func tooFew() {
        #expect(AdaptiveGrace().estimate(from: Self.minutes(1...19)) == nil)
        #expect(AdaptiveGrace().estimate(from: []) == nil)
    }

    @Test("leaves a task alone until its time is over, from its start, and never longer than the limit")
    func putsOff() {
        let policy = AdaptiveGrace()
        let estimate = AdaptiveGrace.Estimate(duration: .seconds(1_200), samples: 20)
        let task = Self.task(startedAt: Harness.epoch)
        #expect(policy.putsOff(task, expecting: estimate, at: Harness.at(.seconds(120))) == Harness.at(.seconds(1_200)))
        #expect(policy.putsOff(task, expecting: estimate, at: Harness.at(.seconds(1_200))) == nil)
        let long = AdaptiveGrace.Estimate(duration: .seconds(86_400), samples: 20)
        #expect(policy.putsOff(task, expecting: long, at: Harness.at(.seconds(120))) == Harness.at(.seconds(3_600)))
    }

    @Test("says nothing where it is off, or knows nothing")
    func silent() {
        let estimate = AdaptiveGrace.Estimate(duration: .seconds(1_200), samples: 20)
        let task = Self.task(startedAt: Harness.epoch)
        var off = AdaptiveGrace()
        off.isOn = false
        #expect(off.putsOff(task, expecting: estimate, at: Harness.epoch) == nil)
        #expect(AdaptiveGrace().putsOff(task, expecting: nil, at: Harness.epoch) == nil)
        #expect(AdaptiveGrace().putsOff(Self.task(startedAt: nil), expecting: estimate, at: Harness.epoch) == nil)
    }

    // MARK: In a sweep

    private static func harness(_ tasks: ClosedRange<Int>, policy: SweepPolicy = Harness.unpaced) -> Harness {
        let store = FakeStore(tasks: CommitQueueTests.tasks(tasks))
        store.set { state in
            for task in state.tasks.keys {
                state.tasks[task]?.session = SessionID("june")!
                state.tasks[task]?.startedAt = Harness.epoch
            }
            state.durations.bySession = [SessionID("june")!: minutes(1...20)]
        }
        return Harness(store: store, policy: policy)
    }

    @Test("a sweep puts off what cannot be done yet, asks about it later, and says so")
    func sweep() async throws {
        let harness = Self.harness(1...25)
        try await harness.run {
            harness.clock.advance(by: .seconds(120))
            let first = try await harness.reconciler.sweep()
            #expect(first.tasksProcessed == 0)
            #expect(harness.server.asked.isEmpty)
            let report = harness.reconciler.graceReport
            #expect(report.isOn && report.tasksPutOff == 25 && report.overall == nil)
            #expect(report.sessions == [SessionID("june")!: AdaptiveGrace.Estimate(duration: .seconds(1_080), samples: 20)])
            harness.clock.advance(by: .seconds(960))
            #expect(try await harness.reconciler.sweep().tasksProcessed == 25)
        }
    }

    @Test("a session that has too few of its own goes by those of all")
    func overall() async throws {
        let harness = Self.harness(1...3)
        harness.store.set { $0.durations = ObservedDurations(overall: Self.minutes(11...40)) }
        #expect(try await harness.sweep().tasksProcessed == 0)
        #expect(harness.store.row(TaskID("t1")!)?.nextCheckAt == Harness.at(.seconds(37 * 60)))
    }

    @Test("what has begun long ago is asked about among what is put off")
    func mixed() async throws {
        let harness = Self.harness(1...12)
        harness.store.set { $0.tasks[TaskID("t7")!]?.startedAt = Harness.at(.seconds(-1_080)) }
        #expect(try await harness.sweep().tasksProcessed == 1)
        #expect(harness.server.asked == [TaskID("t7")!])
    }

    @Test("off by its switch, and where no grace is wanted at all", arguments: [true, false])
    func off(bySwitch: Bool) async throws {
        var policy = Harness.unpaced
        if bySwitch { policy.adaptiveGrace.isOn = false } else { policy.grace = .zero }
        let harness = Self.harness(1...5, policy: policy)
        #expect(try await harness.sweep().tasksProcessed == 5)
        #expect(!harness.reconciler.graceReport.isOn)
    }
}
