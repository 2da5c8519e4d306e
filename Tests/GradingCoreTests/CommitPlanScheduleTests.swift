import GradingCore
import Testing

@Suite("When a batch leaves a task due")
struct CommitPlanScheduleTests {
    private let now = Timestamp(milliseconds: 1_795_429_900_000)

    /// When the task is due after these reports; the inner value is `nil` when it is not due any more.
    private func dueAfter(_ members: String..., from status: TaskStatus = .pending) throws -> [Timestamp?] {
        let reports = try members.enumerated().map { number, members in
            let body = Array(#"{"task_id":"t-1",\#(members)}"#.utf8)
            let delivery = Delivery(id: "msg_\(number)", bodyHash: Array(repeating: 7, count: 32), keyID: "key")
            let provenance = Provenance(source: .callback, observedAt: now, delivery: delivery)
            return try ReportDecoder().decode(body, task: nil, provenance: provenance)
        }
        let task = try #require(reports.first?.task)
        let state = TaskState(task: task, student: StudentRowID("row"), session: SessionID(stored: "s"), status: status)
        let plan = CommitPlan(reports, in: CommitState(tasks: [task: state]), at: now, CheckSchedule(grace: .seconds(120)))
        return plan.tasks.map(\.nextCheckAt)
    }

    private static let started = #""status":"STARTED""#
    private static let failed = #""status":"FAILURE","error":"no scan""#
    private static let completed = #""status":"SUCCESS","result":{"results":{"1a":{"score":1,"max_score":2}}}"#

    @Test("an open task is due a grace after the batch, whatever the report brought")
    func open() throws {
        let due = now.advanced(by: .seconds(120))
        #expect(try dueAfter(Self.started) == [due])
        #expect(try dueAfter(Self.started, Self.started, from: .processing) == [due])
    }

    @Test("a task that has ended is not due any more, be it in the same batch", arguments: [failed, completed])
    func ended(ending: String) throws {
        #expect(try dueAfter(ending) == [nil])
        #expect(try dueAfter(Self.started, ending) == [nil])
    }
}
