import GRDB
import GradingCore
import Testing

@testable import SQLiteStore

@Suite("How SQLite reads the ledger")
struct LedgerPlanTests {
    @Test("is in the order of an index where few rows are meant: no more is read than is wanted", arguments: Disposition.allCases)
    func indexes(_ outcome: Disposition) async throws {
        try await SQLiteHarness.withFreshDatabase { harness in
            let plan = try await harness.sqlite.queue.read { db in
                try LedgerRows(outcome).map { try Self.plan(of: $0.sql, [1, "", nil, 10], in: db) }
            }
            #expect(plan?.first == Self.index(of: outcome).map { "SEARCH monitor_deliveries USING INDEX \($0)" })
            // What is left to sort is rows of one moment.
            if let plan { #expect(plan.count == 2 && plan[1] != "USE TEMP B-TREE FOR ORDER BY") }
        }
    }

    @Test("goes backwards through the table for all of it, and sorts nothing")
    func backwards() async throws {
        try await SQLiteHarness.withFreshDatabase { harness in
            let plan = try await harness.sqlite.queue.read { db in
                try Self.plan(of: LedgerRows.backwards, [1, 1, "", false, nil], in: db)
            }
            #expect(plan == ["SEARCH monitor_deliveries USING INTEGER PRIMARY KEY (rowid<?)"])
        }
    }

    private static func plan(of sql: String, _ arguments: StatementArguments, in db: Database) throws -> [String] {
        try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + sql, arguments: arguments).map { $0["detail"] }
    }

    private static func index(of outcome: Disposition) -> String? {
        switch outcome {
        case .applied: nil
        case .conflict: "monitor_deliveries_conflicts (received_at<?)"
        case .duplicate, .stale, .parked: "monitor_deliveries_outcome (outcome=? AND received_at<?)"
        }
    }
}
