import GradingCore
import GRDB

/// The rows of `question_scores` and `student_feedback`, where the web app has these tables.
struct PartStatements: Sendable {
    private let scores: PartTable?
    private let feedback: PartTable?

    init(_ layout: DatabaseLayout) {
        scores = layout.hasQuestionScores ? .scores : nil
        feedback = layout.hasFeedback ? .feedback : nil
    }

    /// Puts these parts in the place of those that the student has: all of a result or nothing of it. A row whose question stays
    /// keeps its id. What people wrote under another type is left alone.
    func write(_ parts: [GradedPart], of student: StudentRowID, to db: Database, at now: Timestamp) throws {
        try scores?.replace(of: student, with: parts.compactMap(PartRow.init(scoreOf:)), in: db, at: now)
        try feedback?.replace(of: student, with: parts.compactMap(PartRow.init(feedbackOf:)), in: db, at: now)
    }
}

/// What one part puts into one of the tables.
private struct PartRow {
    let question: String
    let values: StatementArguments

    /// `nil` without a score and a maximum: the table takes no row without either.
    init?(scoreOf part: GradedPart) {
        guard let score = part.score, let maximum = part.maximum else { return nil }
        question = part.question
        values = [score, maximum]
    }

    init?(feedbackOf part: GradedPart) {
        guard let feedback = part.feedback else { return nil }
        question = part.question
        values = [feedback]
    }
}

/// One of the two tables.
private struct PartTable: Sendable {
    let insert: String
    let questions: String
    let delete: String

    static let scores = PartTable(
        insert: """
            INSERT INTO question_scores (id, studentId, createdAt, updatedAt, questionId, score, maxScore)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (studentId, questionId) DO UPDATE
            SET score = excluded.score, maxScore = excluded.maxScore, updatedAt = excluded.updatedAt
            WHERE (score, maxScore) IS NOT (excluded.score, excluded.maxScore)
            """,
        questions: "SELECT questionId FROM question_scores WHERE studentId = ?",
        delete: "DELETE FROM question_scores WHERE studentId = ? AND questionId = ?"
    )

    static let feedback = PartTable(
        insert: """
            INSERT INTO student_feedback (id, studentId, createdAt, updatedAt, questionId, feedback, type)
            VALUES (?, ?, ?, ?, ?, ?, '\(GradedPart.feedbackType)')
            ON CONFLICT (studentId, questionId, type) DO UPDATE
            SET feedback = excluded.feedback, updatedAt = excluded.updatedAt WHERE feedback IS NOT excluded.feedback
            """,
        questions: "SELECT questionId FROM student_feedback WHERE studentId = ? AND type = '\(GradedPart.feedbackType)'",
        delete: "DELETE FROM student_feedback WHERE studentId = ? AND questionId = ? AND type = '\(GradedPart.feedbackType)'"
    )

    func replace(of student: StudentRowID, with rows: [PartRow], in db: Database, at now: Timestamp) throws {
        try deleteOthers(than: rows, of: student, in: db)
        guard !rows.isEmpty else { return }
        let statement = try db.cachedStatement(sql: insert)
        var ids = RowIDSequence(at: now)
        for row in rows {
            let head: StatementArguments = [ids.next(), student.rawValue, now.milliseconds, now.milliseconds, row.question]
            try statement.execute(arguments: head + row.values)
        }
    }

    /// Compared by bytes, as the database does.
    private func deleteOthers(than rows: [PartRow], of student: StudentRowID, in db: Database) throws {
        let present = try Row.fetchAll(db.cachedStatement(sql: questions), arguments: [student.rawValue])
        guard !present.isEmpty else { return }
        let kept = Set(rows.map { Array($0.question.utf8) })
        for row in present where row.text(0).map({ !kept.contains(Array($0.utf8)) }) ?? true {
            try db.cachedStatement(sql: delete).execute(arguments: [student.rawValue, row[0] as DatabaseValue])
        }
    }
}
