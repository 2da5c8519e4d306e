import Testing

@testable import GradingCore

@Suite("A completed report without a grade in it")
struct ReviewStatusTests {
    static let task = TaskID("t1")!

    static func plan(hasReviewStatus: Bool) -> CommitPlan {
        let empty = GradingResult(
            raw: Array("{}".utf8),
            totalScore: nil,
            maxScore: nil,
            assessment: .needsReview("the result is empty")
        )
        let report = TaskReport(
            task: task,
            word: "SUCCESS",
            meaning: .known(.completed),
            result: empty,
            provenance: Provenance(source: .sweep, observedAt: Timestamp(milliseconds: 1))
        )
        let known = TaskState(task: task, student: StudentRowID("s"), session: SessionID(stored: "g"), status: .processing)
        let state = CommitState(tasks: [task: known], hasReviewStatus: hasReviewStatus)
        return CommitPlan([report], in: state, at: Timestamp(milliseconds: 2), CheckSchedule(grace: .seconds(1)))
    }

    @Test(
        "is REQUIRES_REVIEW; where the schema has no such status, COMPLETED with a warning and a mark",
        arguments: [true, false]
    )
    func stored(hasReviewStatus: Bool) {
        let plan = Self.plan(hasReviewStatus: hasReviewStatus)
        let status = hasReviewStatus ? TaskStatus.requiresReview : .completed
        #expect(plan.outcomes == [ReportOutcome(.applied, status: status, changedStatus: true)])
        #expect(plan.tasks.map(\.state.status) == [status])
        #expect(plan.tasks.map { $0.move?.needsReview } == [true])
        #expect(plan.logs.map(\.level) == [.warning])
        #expect(plan.logs.first?.message == "Task t1: PROCESSING → \(status.rawValue): the result is empty")
        #expect(plan.changes.map(\.to) == [status])
    }
}
