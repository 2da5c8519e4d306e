import GradingCore

/// The SQL that puts sessions right from their students.
struct RollUpStatements: Sendable {
    /// Where the students of the sessions with these ids stand.
    let presence: Statement
    /// After a batch: puts each of these sessions where its students leave it, and notes what changed; for ``SessionOutlook``.
    let settle: Statement
    let updateSessions: Statement
    /// `nil` where sessions have no scores.
    let updateScores: Statement?
    let insertChanges: Statement
    let words: SessionWords

    init(_ layout: WebAppLayout) {
        words = layout.database.sessionWords
        let probes = PresenceProbes(layout)
        presence = Statement(
            "presence",
            """
            SELECT g.id, g.\(layout.sessionState)::text,
                \(probes.someonePending) OR \(probes.someoneWithoutTask), \(probes.someoneProcessing), \(probes.someoneFailed),
                \(probes.someoneGraded)
            FROM \(layout.sessions) g WHERE g.id = ANY ($1) ORDER BY g.id COLLATE "C"
            """
        )
        settle = Self.settling(layout, probes)
        // `startedAt` is set once; `completedAt` holds only while the session is COMPLETED.
        updateSessions = Statement(
            "update_sessions",
            """
            UPDATE \(layout.sessions) g
            SET \(layout.sessionState) = u.status::\(layout.sessionStatus), "updatedAt" = $3,
                "startedAt" = CASE u.status WHEN 'PENDING' THEN g."startedAt" ELSE coalesce(g."startedAt", $3) END,
                "completedAt" = CASE u.status WHEN 'COMPLETED' THEN $3 END
            FROM unnest($1, $2) AS u(id, status) WHERE g.id = u.id
            """
        )
        // Only what differs is written.
        let updateScores = Statement(
            "update_scores",
            """
            UPDATE \(layout.sessions) g
            SET "averageScore" = u.average, "highestScore" = u.highest, "lowestScore" = u.lowest, "passingRate" = u.passing,
                "updatedAt" = $2
            FROM (
                SELECT x.id, \(Self.scores)
                FROM unnest($1) AS x(id)
                LEFT JOIN \(layout.students) s ON s."gradingSessionId" = x.id AND s.percentage IS NOT NULL AND s.\(layout.studentState) \(layout.graded)
                GROUP BY x.id
            ) AS u
            WHERE g.id = u.id AND \(Self.scoresDiffer(from: "u"))
            """
        )
        self.updateScores = layout.database.hasSessionScores ? updateScores : nil
        insertChanges = Statement(
            "insert_session_changes",
            """
            INSERT INTO \(MonitorSchema.name).changes (kind, session_id, from_status, to_status, at)
            SELECT 'session', c.session, c.old, c.new, $4
            FROM unnest($1, $2, $3) WITH ORDINALITY AS c(session, old, new, position) ORDER BY c.position
            """
        )
    }

    /// A session's scores in percent, from its students `s` that ended with a result.
    static let scores = """
        avg(s.percentage) AS average, max(s.percentage) AS highest, min(s.percentage) AS lowest,
        avg((s.percentage >= \(SessionRollUp.passMark))::integer)::double precision * 100 AS passing
        """

    /// Whether the scores of the session `g` are others than those of a row of ``scores``.
    static func scoresDiffer(from row: String) -> String {
        """
        (g."averageScore", g."highestScore", g."lowestScore", g."passingRate")
            IS DISTINCT FROM (\(row).average, \(row).highest, \(row).lowest, \(row).passing)
        """
    }
}

/// SQL that tells whether a session `g` has any student of a kind: a probe of the index on (session, status, task id), which ends
/// at the first entry.
struct PresenceProbes {
    let someonePending: String
    let someoneWithoutTask: String
    let someoneProcessing: String
    let someoneFailed: String
    let someoneGraded: String
    let someoneOpen: String

    init(_ layout: WebAppLayout) {
        // Not EXISTS: the planner may answer many of those at once, from a hash of all students that fit.
        func someone(_ condition: String) -> String {
            #"coalesce((SELECT true FROM \#(layout.students) s WHERE s."gradingSessionId" = g.id AND \#(condition) LIMIT 1), false)"#
        }
        someonePending = someone("s.\(layout.studentState) = 'PENDING'")
        someoneWithoutTask = someone(#"s.\#(layout.studentState) = 'PROCESSING' AND s."taskId" IS NULL"#)
        someoneProcessing = someone(#"s.\#(layout.studentState) = 'PROCESSING' AND s."taskId" IS NOT NULL"#)
        someoneFailed = someone("s.\(layout.studentState) = 'FAILED'")
        someoneGraded = someone("s.\(layout.studentState) \(layout.graded)")
        someoneOpen = someone("s.\(layout.studentState) \(layout.open)")
    }
}
