import GradingCore

/// A session whose students a batch has moved.
struct TouchedSession {
    /// Before the batch.
    let status: SessionStatus
    /// Its students who bear one of the batch's tasks, after the batch.
    var bearers: [TaskStatus] = []
}

/// Where a session goes, as far as it is known before the batch's writes: what is open is whether any of its students is, and when
/// nobody is, whether anybody has a grade. The rule stays in ``SessionRollUp``; the database only looks.
///
/// That is enough, since in a session that a batch has touched at least one student is under way or has ended: no report leads
/// back to PENDING.
struct SessionOutlook {
    let session: SessionID
    let current: SessionStatus
    let ifOpen: SessionStatus
    let ifGraded: SessionStatus
    let ifNobodyGraded: SessionStatus

    init(_ session: SessionID, _ touched: TouchedSession) {
        func status(open: Bool, graded: Bool) -> SessionStatus {
            var students = StudentPresence(pending: open, processing: false, failed: false, graded: graded)
            for status in touched.bearers { students.insert(studentWithTask: status) }
            return SessionRollUp.status(of: students, current: touched.status)
        }
        self.session = session
        current = touched.status
        ifOpen = status(open: true, graded: false)
        ifGraded = status(open: false, graded: true)
        ifNobodyGraded = status(open: false, graded: false)
    }
}

extension RollUpStatements {
    /// Runs after the batch's writes, so that it sees them.
    func settle(_ outlooks: [SessionOutlook], at now: Timestamp) -> Query {
        settle(
            .texts(outlooks.map(\.session.rawValue)),
            .texts(outlooks.map { words.word(for: $0.current) }),
            .texts(outlooks.map { words.word(for: $0.ifOpen) }),
            .texts(outlooks.map { words.word(for: $0.ifGraded) }),
            .texts(outlooks.map { words.word(for: $0.ifNobodyGraded) }),
            .timestamp(now)
        )
    }

    /// The SQL of ``settle``. Sessions that stay where they are cost one probe of an index each, and no write.
    static func settling(_ layout: WebAppLayout, _ presence: PresenceProbes) -> Statement {
        let hasScores = layout.database.hasSessionScores
        let scoreAssignments = """
            ,
                "averageScore" = CASE s.next WHEN 'COMPLETED' THEN s.average ELSE g."averageScore" END,
                "highestScore" = CASE s.next WHEN 'COMPLETED' THEN s.highest ELSE g."highestScore" END,
                "lowestScore" = CASE s.next WHEN 'COMPLETED' THEN s.lowest ELSE g."lowestScore" END,
                "passingRate" = CASE s.next WHEN 'COMPLETED' THEN s.passing ELSE g."passingRate" END
            """
        let outlooks = Statement.rows(["id": 1, "current": 2, "if_open": 3, "if_graded": 4, "if_nobody_graded": 5])
        return Statement(
            "settle_sessions",
            """
            WITH settled AS MATERIALIZED (
                SELECT g.id, g.current,
                    CASE WHEN \(presence.someoneOpen) THEN g.if_open WHEN \(presence.someoneGraded) THEN g.if_graded
                        ELSE g.if_nobody_graded END AS next
                FROM \(outlooks) AS g
            ), noted AS (
                INSERT INTO \(MonitorSchema.name).changes (kind, session_id, from_status, to_status, at)
                SELECT 'session', id, current, next, $6 FROM settled WHERE next <> current ORDER BY id COLLATE "C"
            )
            UPDATE \(layout.sessions) g
            SET \(layout.sessionState) = s.next::\(layout.sessionStatus), "updatedAt" = $6,
                "startedAt" = CASE WHEN s.next = s.current OR s.next = 'PENDING' THEN g."startedAt" ELSE coalesce(g."startedAt", $6) END,
                "completedAt" = CASE WHEN s.next = s.current THEN g."completedAt" WHEN s.next = 'COMPLETED' THEN $6 END\(hasScores ? scoreAssignments : "")
            FROM (
                SELECT * FROM settled\(hasScores ? " LEFT JOIN LATERAL (\(scoresOfCompleted(layout))) AS scores ON true" : "")
                WHERE next <> current\(hasScores ? " OR next = 'COMPLETED'" : "")
            ) AS s
            WHERE g.id = s.id AND (s.next <> s.current\(hasScores ? " OR \(Self.scoresDiffer(from: "s"))" : ""))
            """
        )
    }

    private static func scoresOfCompleted(_ layout: WebAppLayout) -> String {
        """
        SELECT \(scores) FROM \(layout.students) s
        WHERE settled.next = 'COMPLETED' AND s."gradingSessionId" = settled.id AND s.percentage IS NOT NULL
            AND s.\(layout.studentState) \(layout.graded)
        """
    }
}
