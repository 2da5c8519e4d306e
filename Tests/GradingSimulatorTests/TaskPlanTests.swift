import Testing

@testable import GradingSimulator

@Suite("Task plans")
struct TaskPlanTests {
    private let everyFault = FaultShares(lost: 0.2, repeated: 0.2, delayed: 0.2, reordered: 0.2, forged: 0.2, failing: 0.2)

    private func plans(_ count: Int = 2_000, _ change: (inout SimulatorConfiguration) -> Void = { _ in }) throws -> [TaskPlan] {
        let configuration = try testConfiguration(change)
        return (0..<count).map { TaskPlan.draw(for: "task-\($0)", configuration: configuration) }
    }

    @Test("the same seed and task have the same plan, whatever was planned before")
    func pure() throws {
        let configuration = try testConfiguration { $0.faults = everyFault }
        let forwards = (0..<100).map { TaskPlan.draw(for: "task-\($0)", configuration: configuration) }
        let backwards = (0..<100).reversed().map { TaskPlan.draw(for: "task-\($0)", configuration: configuration) }
        #expect(forwards == backwards.reversed())
        #expect(forwards[0] != forwards[1])
    }

    @Test("another seed makes other plans")
    func seeds() throws {
        let (first, second) = (try plans(10), try plans(10) { $0.seed = 2 })
        #expect(first != second)
    }

    @Test("this plan is the same on every machine and at every run")
    func pinned() throws {
        var random = SplitMix64(seed: 0)
        // The reference implementation's first three outputs for the seed 0.
        #expect(
            [random.next(), random.next(), random.next()] == [
                0xe220_a839_7b1d_cdaf, 0x6e78_9e6a_a1b9_65f4, 0x06c4_5d18_8009_454f,
            ]
        )
        var named = SplitMix64(seed: 1, name: "plan/a")
        var other = SplitMix64(seed: 1, name: "plan/b")
        #expect(named.next() != other.next())
    }

    @Test("shares of nothing harm nobody, shares of one everybody")
    func extremes() throws {
        for plan in try plans(200) {
            #expect(!plan.isLost && plan.copies == 0 && plan.delay == .zero && !plan.isReordered && !plan.fails)
            #expect(plan.forgedAfter == nil)
        }
        let all = FaultShares(repeated: 1, delayed: 1, reordered: 1, forged: 1, failing: 1)
        for plan in try plans(200, { $0.faults = all }) {
            #expect((1...3).contains(plan.copies) && plan.delay >= .seconds(3) && plan.isReordered && plan.fails)
            #expect(plan.forgedAfter != nil)
        }
    }

    @Test("a share is met within two points in 2,000 tasks")
    func shares() throws {
        let plans = try plans { $0.faults = everyFault }
        for victims in [plans.count { $0.isLost }, plans.count { $0.fails }, plans.count { $0.forgedAfter != nil }] {
            #expect((360...440).contains(victims))
        }
        // A lost callback cannot be repeated, late or reordered as well.
        for victims in [plans.count { $0.copies > 0 }, plans.count { $0.delay > .zero }, plans.count { $0.isReordered }] {
            #expect((280...360).contains(victims))
        }
    }

    @Test("raising one share leaves the other faults' victims alone")
    func independence() throws {
        let before = try plans { $0.faults = everyFault }
        let after = try plans {
            $0.faults = everyFault; $0.faults.forged = 0.9
        }
        #expect(before.map(\.isLost) == after.map(\.isLost))
        #expect(before.map(\.fails) == after.map(\.fails))
        #expect(before.map(\.finalDelivery) == after.map(\.finalDelivery))
        #expect(after.count { $0.forgedAfter != nil } > before.count { $0.forgedAfter != nil })
    }

    @Test("tasks take as long as the configuration says")
    func durations() throws {
        let plans = try plans { $0.taskDuration = .seconds(1) ... .seconds(3) }
        #expect(plans.allSatisfy { (.seconds(1) ... .seconds(3)).contains($0.duration) })
        #expect(Set(plans.map(\.duration)).count > 500)
    }

    @Test("every shape and many delivery ids occur")
    func variety() throws {
        let plans = try plans(100)
        #expect(Set(plans.map(\.shape)) == Set(FinalShape.allCases))
        let ids = plans.flatMap { $0.progressDeliveries + [$0.finalDelivery, $0.forgedDelivery] }
        #expect(Set(ids).count == 500)
    }

    @Test("a task is pending, started, in progress and ended, in this order")
    func states() throws {
        let plan = try plans(1)[0]
        let moments = [0, 0.09, 0.15, 0.5, 0.99, 1, 5]
        #expect(
            moments.map { plan.state(after: plan.duration * $0) }
                == [.pending, .pending, .started, .progress, .progress, .success, .success]
        )
        let failing = try plans(1) { $0.faults.failing = 1 }[0]
        #expect(failing.state(after: failing.duration) == .failure)
    }
}
