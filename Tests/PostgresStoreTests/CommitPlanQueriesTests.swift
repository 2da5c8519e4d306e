import GradingCore
import Testing

@testable import PostgresStore

@Suite("What a batch writes to PostgreSQL")
struct CommitPlanQueriesTests {
    private let statements: ApplyStatements
    private let now = Timestamp(milliseconds: 1_000)

    init() throws {
        statements = ApplyStatements(try .plain())
    }

    private func report(_ task: String, hash: UInt8) throws -> TaskReport {
        TaskReport(
            task: try #require(TaskID(task)),
            word: "STARTED",
            meaning: .known(.processing),
            provenance: Provenance(
                source: .callback,
                observedAt: now,
                delivery: Delivery(id: "d1", bodyHash: Array(repeating: hash, count: 32), keyID: "k")
            )
        )
    }

    /// The names of the statements when this report meets a delivery that is known.
    private func written(_ report: TaskReport, knownAs disposition: Disposition?) -> [String] {
        let known = disposition.map {
            KnownDelivery(bodyHash: Array(repeating: 1, count: 32), task: report.task, disposition: $0)
        }
        let state = CommitState(deliveries: known.map { ["d1": $0] } ?? [:])
        let plan = CommitPlan([report], in: state, at: now, CheckSchedule(grace: .seconds(120)))
        return plan.queries(statements, recorded: [], locked: LockedRows(), noting: [], at: now).map(\.statement.name)
    }

    @Test("what may write nothing waits for the standby all the same, since it is acknowledged")
    func barrier() throws {
        #expect(written(try report("t1", hash: 1), knownAs: .applied) == ["barrier"])
        // The row that it marks may be pruned between the reading and the writing.
        #expect(written(try report("t1", hash: 2), knownAs: .parked) == ["mark_conflicts", "barrier"])
    }

    @Test("what is sure to write needs no more than that")
    func noBarrier() throws {
        #expect(written(try report("t1", hash: 1), knownAs: nil) == ["insert_deliveries"])
    }
}
