package import GradingCore
import Testing

/// What the awkward data of both generations (Tests/Fixtures) holds, whatever the engine.
package func expectFindings(in inspected: InspectedDatabase, _ layout: TestedLayout) throws {
    let inspection = DatabaseInspection(inspected, at: .start, stuckAfter: .seconds(3_600))
    #expect(inspection.sessionsBehind.first.map(\.session.rawValue) == ["session-left"])
    #expect(inspection.sessionsBehind.first.first?.shouldBe == "COMPLETED")
    #expect(inspection.sessionsBehind.first.first?.students == StudentCounts(failed: 1, completed: 2))
    let stuck = Set(inspection.stuckTasks.first.map(\.task))
    let expected: Set = ["task-open-1", "task-open-2", "task-open-4", "task-cancelled-1"]
    #expect(stuck == (layout == .firstGeneration ? expected.union(["task-twice"]) : expected))
    #expect(inspection.stuckTasks.first.first { $0.task == "task-open-1" }?.silentFor == .milliseconds(79_999_996))
    #expect(inspection.tasksBehind.total == 0)
    #expect(inspection.studentsWithoutTask == 1)
}
