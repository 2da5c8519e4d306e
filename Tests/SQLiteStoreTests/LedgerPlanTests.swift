import GRDB
import GradingCore
import Testing

@testable import SQLiteStore

@Suite("How SQLite reads the ledger")
struct LedgerPlanTests {
    static let outcomes = [nil] + Disposition.allCases

    @Test("is in the order of an index, whatever is asked for: no more is read than is wanted", arguments: outcomes)
    func deliveries(_ outcome: Disposition?) async throws {
        try await SQLiteHarness.withFreshDatabase { harness in
            let plans = try await harness.sqlite.queue.read { db in
                try [nil, TaskID("task-1")].map { task in
                    let sql = "EXPLAIN QUERY PLAN " + SQLiteStore.deliveries(of: task, outcome)
                    let arguments: StatementArguments = ["time": 1, "id": "", "limit": 10]
                    let rows = try Row.fetchAll(db, sql: sql, arguments: arguments + (task == nil ? [:] : ["task": "task-1"]))
                    return rows.map { $0["detail"] as String }
                }
            }
            for (plan, index) in zip(plans, [Self.index(of: outcome), "monitor_deliveries_task (task_id=? AND received_at<?)"]) {
                #expect(plan[0] == "SEARCH monitor_deliveries USING INDEX \(index)")
                // What is left to sort is rows of one moment.
                #expect(plan.count == 2 && plan[1] != "USE TEMP B-TREE FOR ORDER BY")
            }
        }
    }

    private static func index(of outcome: Disposition?) -> String {
        switch outcome {
        case nil, .applied: "monitor_deliveries_received_at (received_at<?)"
        case .conflict: "monitor_deliveries_conflicts (received_at<?)"
        case .duplicate, .stale, .parked: "monitor_deliveries_outcome (outcome=? AND received_at<?)"
        }
    }
}
