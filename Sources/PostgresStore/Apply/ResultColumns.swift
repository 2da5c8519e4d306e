import GradingCore

extension WebAppLayout {
    /// What the update of a student writes besides the scores, from a row `u` with the result and the grading server's own word.
    var resultAssignments: String {
        (database.hasRawOutput ? #", "rawGradingOutput" = coalesce(u.raw::jsonb, s."rawGradingOutput")"# : "")
            + (database.hasTaskWord ? #", "aiTaskStatus" = coalesce(u.word, s."aiTaskStatus")"# : "")
    }

    /// What stands before that update where a student's row has no room for the result. $1 are the students, $7 the results.
    var keepingResults: String {
        if database.hasRawOutput { return "" }
        return """
            WITH kept AS (
                INSERT INTO \(MonitorSchema.name).results (student_id, result)
                SELECT r.student, r.result::jsonb FROM \(Statement.rows(["student": 1, "result": 7])) AS r WHERE r.result IS NOT NULL
                ON CONFLICT (student_id) DO UPDATE SET result = excluded.result
            )

            """
    }
}
