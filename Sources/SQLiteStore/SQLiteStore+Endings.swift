package import GradingCore
import GRDB

extension SQLiteStore {
    package func endings(since start: Timestamp) async throws(StoreError) -> [EndingGroup] {
        try await read { db in
            let change = try Self.first("monitor_changes", "sequence", after: start, by: "at", in: db)
            let delivery = try Self.first("monitor_deliveries", "rowid", after: start, by: "received_at", in: db)
            let rows = try Row.fetchAll(
                db.cachedStatement(sql: Self.endings),
                arguments: [start.milliseconds, change, delivery]
            )
            return rows.compactMap(EndingGroup.init)
        }
    }

    /// The first row that is no older, in a table whose rows were added in the order of time: found by halving, so that no index on
    /// the time has to be kept with every commit.
    static func first(
        _ table: String,
        _ key: String,
        after start: Timestamp,
        by time: String,
        in db: Database
    ) throws -> Int {
        guard var high = try Int.fetchOne(db, sql: "SELECT max(\(key)) + 1 FROM \(table)"),
            var low = try Int.fetchOne(db, sql: "SELECT min(\(key)) FROM \(table)")
        else { return 0 }
        let next = try db.cachedStatement(sql: "SELECT \(time) FROM \(table) WHERE \(key) >= ? ORDER BY \(key) LIMIT 1")
        while low < high {
            let middle = low + (high - low) / 2
            let age = try Row.fetchOne(next, arguments: [middle])?.timestamp(0) ?? start
            if age < start { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// 1. The endings since then: the change feed has them all, with who told us.
    /// 2. What the grading server sent about tasks that had ended: a second report of the same ending, or of another.
    /// 3. An ending that we had to ask about was not lost when its callback came after all.
    private static let endings = """
        WITH ended AS (
            SELECT task_id, session_id, source, at FROM monitor_changes
            WHERE sequence >= ?2 AND at >= ?1 AND kind = 'task' AND to_status IN ('COMPLETED', 'FAILED', 'REQUIRES_REVIEW')
        ), told AS (
            SELECT task_id, max(received_at) AS at FROM monitor_deliveries
            WHERE rowid >= ?3 AND received_at >= ?1 AND outcome IN ('duplicate', 'conflict') GROUP BY task_id
        )
        SELECT e.at / 3600000 * 3600000, e.session_id, e.source, e.source <> 'callback' AND coalesce(told.at >= e.at, 0),
            count(*), coalesce(sum(t.late_by_ms), 0), coalesce(max(t.late_by_ms), 0)
        FROM ended e LEFT JOIN told ON told.task_id = e.task_id
        LEFT JOIN monitor_tasks t ON t.task_id = e.task_id AND e.source <> 'callback'
        GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
        """
}

extension EndingGroup {
    fileprivate init?(_ row: Row) {
        guard let hour = row.timestamp(0), let session = row.text(1), let source = row.text(2).flatMap(ReportSource.init) else {
            return nil
        }
        self.init(
            hour: hour,
            session: SessionID(stored: session),
            source: source,
            callbackFollowed: row.flag(3),
            tasks: row.integer(4) ?? 0,
            lateness: .milliseconds(row.integer(5) ?? 0),
            worstLateness: .milliseconds(row.integer(6) ?? 0)
        )
    }
}
