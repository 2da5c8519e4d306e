package import GradingCore

extension PostgresStore {
    package func endings(since start: Timestamp) async throws(StoreError) -> [EndingGroup] {
        try await read([Self.endings(.timestamp(start))]) { $0[0].rows.compactMap(EndingGroup.init) }
    }

    /// 1. The endings since then: the change feed has them all, with who told us.
    /// 2. What the grading server sent about tasks that had ended: a second report of the same ending, or of another.
    /// 3. An ending that we had to ask about was not lost when its callback came after all.
    ///
    /// The limit of one keeps the look-up of each task a look-up, where a join might read all of them.
    static let endings = Statement(
        "endings",
        """
        WITH ended AS (
            SELECT task_id, session_id, source, at FROM \(MonitorSchema.name).changes
            WHERE at >= $1 AND kind = 'task' AND to_status IN ('COMPLETED', 'FAILED', 'REQUIRES_REVIEW')
        ), told AS (
            SELECT task_id, max(received_at) AS at FROM \(MonitorSchema.name).deliveries
            WHERE received_at >= $1 AND outcome IN ('duplicate', 'conflict') GROUP BY task_id
        )
        SELECT date_trunc('hour', e.at)::timestamp(3), e.session_id, e.source,
            e.source <> 'callback' AND coalesce(told.at >= e.at, false),
            count(*), coalesce(sum(t.late_by_ms), 0)::bigint, coalesce(max(t.late_by_ms), 0)::bigint
        FROM ended e LEFT JOIN told ON told.task_id = e.task_id
        LEFT JOIN LATERAL (
            SELECT late_by_ms FROM \(MonitorSchema.name).tasks WHERE task_id = e.task_id AND e.source <> 'callback' LIMIT 1
        ) AS t ON true
        GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
        """
    )
}

extension EndingGroup {
    fileprivate init?(_ row: ResultRow) {
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
