import Testing

@testable import GradingSimulator

@Suite("Planned steps")
struct PlannedStepTests {
    private func plan(_ change: (inout SimulatorConfiguration) -> Void = { _ in }) throws -> TaskPlan {
        TaskPlan.draw(for: "task", configuration: try testConfiguration(change))
    }

    @Test("without faults: the progress events, then the final callback at the end")
    func ordinary() throws {
        let plan = try plan()
        #expect(
            plan.steps.map(\.action)
                == [.progress(0, late: false), .progress(1, late: false), .progress(2, late: false), .final]
        )
        #expect(plan.steps.last?.offset == plan.duration)
    }

    @Test("a lost final callback is never sent")
    func lost() throws {
        let actions = try plan { $0.faults = FaultShares(lost: 1, repeated: 1, delayed: 1, reordered: 1) }.steps.map(\.action)
        #expect(actions.last == .lose)
        #expect(!actions.contains(.final) && !actions.contains(.copy))
        #expect(!actions.contains(.progress(2, late: true)))
    }

    @Test("copies follow the final callback")
    func repeated() throws {
        let plan = try plan {
            $0.faults.repeated = 1; $0.sendsProgress = false
        }
        #expect(plan.steps.map(\.action) == [.final] + Array(repeating: .copy, count: plan.copies))
    }

    @Test("a delayed final callback comes later than the task's end")
    func delayed() throws {
        let plan = try plan { $0.faults.delayed = 1 }
        #expect(plan.steps.last?.offset == plan.duration + plan.delay)
        #expect((.seconds(3) ... .seconds(10)).contains(plan.delay))
    }

    @Test("a reordered progress event follows the final callback")
    func reordered() throws {
        let actions = try plan { $0.faults.reordered = 1 }.steps.map(\.action)
        #expect(actions == [.progress(0, late: false), .progress(1, late: false), .final, .progress(2, late: true)])
    }

    @Test("a forged callback is one more")
    func forged() throws {
        let actions = try plan { $0.faults.forged = 1 }.steps.map(\.action)
        #expect(actions.count == 5 && actions.contains(.forge) && actions.contains(.final))
    }

    @Test("steps are in order of time")
    func order() throws {
        let configuration = try testConfiguration { $0.faults = FaultShares(repeated: 0.5, reordered: 0.5, forged: 0.5) }
        for index in 0..<200 {
            let offsets = TaskPlan.draw(for: "\(index)", configuration: configuration).steps.map(\.offset)
            #expect(offsets == offsets.sorted())
        }
    }
}
