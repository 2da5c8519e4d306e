import GradingCore

/// The SQL that puts sessions right from their students.
struct RollUpStatements: Sendable {
    /// Where the students of the sessions with these ids stand.
    let presence: Statement
    /// Of the sessions in which these tasks are: whether anybody but those who bear them is open and, when nobody is, whether
    /// anybody but them has a grade. See ``SessionRollUps/init(_:and:)`` for why that is enough.
    let otherPresence: Statement
    let updateSessions: Statement
    /// `nil` where sessions have no scores.
    let updateScores: Statement?
    let insertChanges: Statement
    let words: SessionWords

    init(_ layout: WebAppLayout) {
        words = layout.database.sessionWords
        // Not EXISTS: the planner may answer many of those at once, from a hash of all students that fit.
        func someone(_ condition: String) -> String {
            #"coalesce((SELECT true FROM \#(layout.students) s WHERE s."gradingSessionId" = g.id AND \#(condition) LIMIT 1), false)"#
        }
        // Probes of the index on (session, status, task id): each ends at the first entry.
        presence = Statement(
            "presence",
            """
            SELECT g.id, g.\(layout.sessionState)::text,
                \(someone("s.\(layout.studentState) = 'PENDING'")) OR \(someone(#"s.\#(layout.studentState) = 'PROCESSING' AND s."taskId" IS NULL"#)),
                \(someone(#"s.\#(layout.studentState) = 'PROCESSING' AND s."taskId" IS NOT NULL"#)),
                \(someone("s.\(layout.studentState) = 'FAILED'")),
                \(someone("s.\(layout.studentState) \(layout.graded)"))
            FROM \(layout.sessions) g WHERE g.id = ANY ($1) ORDER BY g.id COLLATE "C"
            """
        )
        // One probe while anybody else is open, which is nearly always.
        let others = #"(s."taskId" = ANY ($1)) IS NOT TRUE"#
        otherPresence = Statement(
            "other_presence",
            """
            SELECT g.id, o.open, NOT o.open AND \(someone("s.\(layout.studentState) \(layout.graded) AND \(others)"))
            FROM (SELECT DISTINCT "gradingSessionId" AS id FROM \(layout.students) WHERE "taskId" = ANY ($1)) AS g
            CROSS JOIN LATERAL (
                SELECT \(someone("s.\(layout.studentState) \(layout.open) AND \(others)")) AS open
                -- Not pulled up: it is looked for once.
                OFFSET 0
            ) AS o
            ORDER BY g.id COLLATE "C"
            """
        )
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
        // In percent, from the students that ended with a result; only what differs is written.
        let updateScores = Statement(
            "update_scores",
            """
            UPDATE \(layout.sessions) g
            SET "averageScore" = u.average, "highestScore" = u.highest, "lowestScore" = u.lowest, "passingRate" = u.passing,
                "updatedAt" = $2
            FROM (
                SELECT x.id, avg(s.percentage) AS average, max(s.percentage) AS highest, min(s.percentage) AS lowest,
                       avg((s.percentage >= \(SessionRollUp.passMark))::integer)::double precision * 100 AS passing
                FROM unnest($1) AS x(id)
                LEFT JOIN \(layout.students) s ON s."gradingSessionId" = x.id AND s.percentage IS NOT NULL AND s.\(layout.studentState) \(layout.graded)
                GROUP BY x.id
            ) AS u
            WHERE g.id = u.id AND (g."averageScore", g."highestScore", g."lowestScore", g."passingRate")
                IS DISTINCT FROM (u.average, u.highest, u.lowest, u.passing)
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
}
