package import GradingCore
import GRDB

extension SQLiteStore {
    package func durations(of sessions: [SessionID]) async throws(StoreError) -> ObservedDurations {
        let layout = statements.layout
        return try await read { db in
            var observed = ObservedDurations()
            let ofSession = Self.sessionDurations(layout)
            for session in sessions {
                let rows = try Row.fetchAll(
                    db.cachedStatement(sql: ofSession),
                    arguments: [session.rawValue, ObservedDurations.mostSamples]
                )
                if !rows.isEmpty { observed.bySession[session] = rows.compactMap(Self.duration) }
            }
            observed.overall = try Row.fetchAll(
                db.cachedStatement(sql: Self.recentDurations),
                arguments: [ObservedDurations.mostSamples]
            ).compactMap(Self.duration)
            return observed
        }
    }

    private static func duration(_ row: Row) -> Duration? {
        guard let start = row.timestamp(0), let end = row.timestamp(1) else { return nil }
        return start.duration(to: end)
    }

    /// Of a later attempt the student's making says nothing: only what was seen under way counts.
    private static let isMeasured = """
        t.learned_via = 'callback' AND s.gradedAt IS NOT NULL AND (t.attempt = 1 OR t.first_processing_at IS NOT NULL)
        """

    private static func sessionDurations(_ layout: DatabaseLayout) -> String {
        """
        SELECT coalesce(t.first_processing_at, s.createdAt), s.gradedAt
        FROM students s JOIN monitor_tasks t ON t.task_id = s.taskId
        WHERE s.gradingSessionId = ?1 AND s.\(layout.studentStatus) IN ('COMPLETED', 'REQUIRES_REVIEW', 'APPROVED', 'REJECTED')
            AND \(isMeasured)
        LIMIT ?2
        """
    }

    /// Among the latest 20,000 changes, whatever the feed holds.
    private static let recentDurations = """
        SELECT coalesce(t.first_processing_at, s.createdAt), s.gradedAt
        FROM monitor_changes c JOIN monitor_tasks t ON t.task_id = c.task_id JOIN students s ON s.id = c.student_id
        WHERE c.sequence > (SELECT coalesce(max(sequence), 0) - 20000 FROM monitor_changes)
            AND c.kind = 'task' AND c.source = 'callback' AND c.to_status IN ('COMPLETED', 'REQUIRES_REVIEW')
            AND s.taskId = c.task_id AND \(isMeasured)
        ORDER BY c.sequence DESC LIMIT ?1
        """

    /// A signal during the claim may have set a later time.
    package func putOff(_ tasks: [TaskPutOff]) async throws(StoreError) {
        try await write { db in
            let statement = try db.cachedStatement(
                sql: """
                    UPDATE monitor_tasks
                    SET next_check_at = iif(next_check_at IS NOT NULL, max(next_check_at, ?), NULL), put_off = 1,
                        lease_owner = NULL, lease_expires_at = NULL
                    WHERE task_id = ? AND lease_owner = ?
                    """
            )
            for task in tasks {
                try statement.execute(arguments: [task.until.milliseconds, task.claim.task.rawValue, task.claim.owner])
            }
        }
    }
}
