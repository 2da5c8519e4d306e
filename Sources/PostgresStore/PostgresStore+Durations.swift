package import GradingCore

extension PostgresStore {
    package func durations(of sessions: [SessionID]) async throws(StoreError) -> ObservedDurations {
        let most = Parameter.integer(ObservedDurations.mostSamples)
        let queries = [
            layout.sessionDurations(.texts(sessions.map(\.rawValue)), most), layout.recentDurations(most),
        ]
        return try await read(queries) { results in
            var observed = ObservedDurations()
            for row in results[0].rows {
                guard let session = row.text(0), let milliseconds = row.integer(1) else { continue }
                observed.bySession[SessionID(stored: session), default: []].append(.milliseconds(milliseconds))
            }
            observed.overall = results[1].rows.compactMap { $0.integer(0) }.map { .milliseconds($0) }
            return observed
        }
    }

    package func putOff(_ tasks: [TaskPutOff]) async throws(StoreError) {
        let sorted = tasks.sorted { $0.claim.task < $1.claim.task }
        let query = Self.putOff(
            .texts(sorted.map(\.claim.task.rawValue)),
            .texts(sorted.map(\.claim.owner)),
            .timestamps(sorted.map(\.until))
        )
        try await write { (transaction) throws(PostgresError) in _ = try transaction.commit([query]) }
    }

    /// A signal during the claim may have set a later time.
    static let putOff = Statement(
        "put_off",
        """
        UPDATE \(MonitorSchema.name).tasks t
        SET next_check_at = CASE WHEN t.next_check_at IS NOT NULL THEN greatest(t.next_check_at, u.until) END, put_off = true,
            lease_owner = NULL, lease_expires_at = NULL
        FROM unnest($1, $2, $3) AS u(task, owner, until) WHERE t.task_id = u.task AND t.lease_owner = u.owner
        """
    )
}

// MARK: SQL

extension WebAppLayout {
    /// Of a later attempt the student's making says nothing: only what was seen under way counts.
    private var duration: String {
        """
        (extract(epoch FROM s."gradedAt" - coalesce(t.first_processing_at, s."createdAt")) * 1000)::bigint
        """
    }

    private var isMeasured: String {
        """
        t.learned_via = 'callback' AND s."gradedAt" IS NOT NULL AND (t.attempt = 1 OR t.first_processing_at IS NOT NULL)
        """
    }

    var sessionDurations: Statement {
        Statement(
            "session_durations",
            """
            SELECT u.session, d.took FROM unnest($1) AS u(session) CROSS JOIN LATERAL (
                SELECT \(duration) AS took
                FROM \(students) s JOIN \(MonitorSchema.name).tasks t ON t.task_id = s."taskId"
                WHERE s."gradingSessionId" = u.session AND s.\(studentState) \(graded) AND \(isMeasured)
                LIMIT $2
            ) AS d
            """
        )
    }

    /// Among the latest 20,000 changes, whatever the feed holds.
    var recentDurations: Statement {
        Statement(
            "recent_durations",
            """
            SELECT \(duration)
            FROM \(MonitorSchema.name).changes c
            JOIN \(MonitorSchema.name).tasks t ON t.task_id = c.task_id JOIN \(students) s ON s.id = c.student_id
            WHERE c.sequence > (SELECT coalesce(max(sequence), 0) - 20000 FROM \(MonitorSchema.name).changes)
                AND c.kind = 'task' AND c.source = 'callback' AND c.to_status IN ('COMPLETED', 'REQUIRES_REVIEW')
                AND s."taskId" = c.task_id AND \(isMeasured)
            ORDER BY c.sequence DESC LIMIT $1
            """
        )
    }
}
