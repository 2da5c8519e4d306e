package import GradingCore

extension PostgresStore {
    package func student(of task: TaskID) async throws(StoreError) -> StudentRecord? {
        guard let snapshot = try await self.task(task) else { return nil }
        let query = layout.studentOfTask(.text(snapshot.student.rawValue), .text(task.rawValue))
        return try await read([query]) { results in
            results[0].first.map { StudentRecord(snapshot, $0) }
        }
    }

    package func logs(
        of session: SessionID,
        student: String,
        limit: Int,
        before: LogCursor?
    ) async throws(StoreError) -> [SessionLog]? {
        let id = Parameter.text(session.rawValue)
        let page = layout.logsOfStudent(
            id,
            .timestamp(before?.createdAt),
            .text(before?.id ?? ""),
            .integer(limit),
            .text(student)
        )
        return try await read([layout.sessionStatusWord(id), page]) { results in
            results[0].first == nil ? nil : results[1].rows.map(SessionLog.init)
        }
    }
}

// MARK: SQL

extension WebAppLayout {
    fileprivate var studentOfTask: Statement {
        Statement(
            "student_of_task",
            """
            SELECT s."studentId", s."totalScore", s.\(studentMaximum), s.percentage, s."createdAt", s."updatedAt", s."gradedAt",
                \(database.hasRawOutput ? #"s."rawGradingOutput""# : "r.result")::text, t.last_error, t.lost_since, t.lost_evidence
            FROM \(students) s LEFT JOIN \(MonitorSchema.name).tasks t ON t.task_id = $2
                \(database.hasRawOutput ? "" : "LEFT JOIN \(MonitorSchema.name).results r ON r.student_id = s.id")
            WHERE s.id = $1
            """
        )
    }

    fileprivate var logsOfStudent: Statement {
        Statement(
            "logs_of_student",
            """
            WITH who AS (
                SELECT id, "studentId" AS number FROM \(students) WHERE "gradingSessionId" = $1 AND (id = $5 OR "studentId" = $5)
            )
            SELECT id, level::text, message, context, "studentId", metadata::text, "createdAt" FROM \(logTable)
            WHERE "gradingSessionId" = $1 AND "studentId" IN (SELECT $5 UNION SELECT id FROM who UNION SELECT number FROM who)
                AND ($2 IS NULL OR "createdAt" < $2 OR ("createdAt" = $2 AND id COLLATE "C" < $3))
            ORDER BY "createdAt" DESC, id COLLATE "C" DESC LIMIT $4
            """
        )
    }
}

// MARK: Rows

extension StudentRecord {
    /// - Parameter row: of `studentOfTask`.
    fileprivate init(_ snapshot: TaskSnapshot, _ row: ResultRow) {
        self.init(task: snapshot)
        studentID = row.text(0)
        totalScore = row.double(1)
        maxScore = row.double(2)
        percentage = row.double(3)
        createdAt = row.timestamp(4)
        updatedAt = row.timestamp(5)
        gradedAt = row.timestamp(6)
        rawResult = row.text(7)
        lastError = row.text(8)
        loss = Loss(evidence: row.text(10), since: row.timestamp(9))
    }
}
