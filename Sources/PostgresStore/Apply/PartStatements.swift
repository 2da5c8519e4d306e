import GradingCore

/// The rows of `question_scores` and `student_feedback`, where the web app has these tables: one statement each for a batch.
///
/// A result takes the place of the one before, rows and all; a row whose question stays keeps its id. What people wrote under
/// another type is left alone.
struct PartStatements: Sendable {
    private let scores: Statement?
    private let feedback: Statement?

    init(_ layout: WebAppLayout) {
        // 1. Rows of questions that the new result does not have.
        // 2. Only what differs is written.
        let scores = Statement(
            "replace_scores",
            """
            WITH new AS (
                SELECT * FROM unnest($3, $4, $5, $6, $7) AS p(id, student, question, score, maximum)
            ), gone AS (
                DELETE FROM \(layout.questionScores) q
                WHERE q."studentId" = ANY ($1) AND NOT EXISTS (
                    SELECT 1 FROM new WHERE new.student = q."studentId" AND new.question = q."questionId")
            )
            INSERT INTO \(layout.questionScores) AS q (id, "studentId", "questionId", score, "maxScore", "createdAt", "updatedAt")
            SELECT new.*, $2, $2 FROM new
            ON CONFLICT ("studentId", "questionId") DO UPDATE
            SET score = excluded.score, "maxScore" = excluded."maxScore", "updatedAt" = excluded."updatedAt"
            WHERE (q.score, q."maxScore") IS DISTINCT FROM (excluded.score, excluded."maxScore")
            """
        )
        let type = GradedPart.feedbackType.quotedLiteral
        let feedback = Statement(
            "replace_feedback",
            """
            WITH new AS (
                SELECT * FROM unnest($3, $4, $5, $6) AS p(id, student, question, feedback)
            ), gone AS (
                DELETE FROM \(layout.feedback) f
                WHERE f."studentId" = ANY ($1) AND f.type = \(type) AND NOT EXISTS (
                    SELECT 1 FROM new WHERE new.student = f."studentId" AND new.question = f."questionId")
            )
            INSERT INTO \(layout.feedback) AS f (id, "studentId", "questionId", feedback, type, "createdAt", "updatedAt")
            SELECT new.*, \(type)::\(layout.feedbackType), $2, $2 FROM new
            ON CONFLICT ("studentId", "questionId", type) DO UPDATE
            SET feedback = excluded.feedback, "updatedAt" = excluded."updatedAt"
            WHERE f.feedback IS DISTINCT FROM excluded.feedback
            """
        )
        self.scores = layout.database.hasQuestionScores ? scores : nil
        self.feedback = layout.database.hasFeedback ? feedback : nil
    }

    /// Nothing when no task of the batch brought a result.
    func replace(_ tasks: [TaskWrite], at now: Timestamp) -> [Query] {
        queries(of: tasks.compactMap { task in task.move?.result.map { (task.state.student, $0.parts) } }, at: now)
    }

    /// For students whose result goes.
    func clear(_ students: [StudentRowID], at now: Timestamp) -> [Query] {
        queries(of: students.map { ($0, []) }, at: now)
    }

    private func queries(of results: [(student: StudentRowID, parts: [GradedPart])], at now: Timestamp) -> [Query] {
        guard !results.isEmpty, scores != nil || feedback != nil else { return [] }
        let students = Parameter.texts(results.map(\.student.rawValue))
        let rows = results.flatMap { result in result.parts.map { Row(student: result.student.rawValue, part: $0) } }
        var ids = RowIDSequence(at: now)
        return [
            scores.map { $0.query(students, now, scored: rows.filter(\.isScored), &ids) },
            feedback.map { $0.query(students, now, said: rows.filter { $0.part.feedback != nil }, &ids) },
        ].compactMap(\.self)
    }

    fileprivate struct Row {
        let student: String
        let part: GradedPart

        /// The table takes no row without a score and a maximum.
        var isScored: Bool { part.score != nil && part.maximum != nil }
    }
}

extension Statement {
    fileprivate func query(
        _ students: Parameter,
        _ now: Timestamp,
        scored rows: [PartStatements.Row],
        _ ids: inout RowIDSequence
    ) -> Query {
        self(
            students,
            .timestamp(now),
            .texts(rows.map { _ in ids.next() }),
            .texts(rows.map(\.student)),
            .texts(rows.map(\.part.question)),
            .doubles(rows.map(\.part.score)),
            .doubles(rows.map(\.part.maximum))
        )
    }

    fileprivate func query(
        _ students: Parameter,
        _ now: Timestamp,
        said rows: [PartStatements.Row],
        _ ids: inout RowIDSequence
    ) -> Query {
        self(
            students,
            .timestamp(now),
            .texts(rows.map { _ in ids.next() }),
            .texts(rows.map(\.student)),
            .texts(rows.map(\.part.question)),
            .texts(rows.map(\.part.feedback))
        )
    }
}
