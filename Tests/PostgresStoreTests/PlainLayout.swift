import GradingCore

@testable import PostgresStore

extension WebAppLayout {
    /// The first generation's columns and nothing else: for what does not depend on them.
    static func plain() throws -> WebAppLayout {
        let columns = [
            "users": "id email name role createdAt updatedAt",
            "grading_sessions":
                "id title subject examYear status numStudents gradingRubric averageScore highestScore lowestScore passingRate createdAt updatedAt startedAt completedAt userId",
            "students":
                "id name studentId totalScore maxScore percentage status taskId createdAt updatedAt gradedAt gradingSessionId rawGradingOutput",
            "session_logs": "id level message context studentId metadata createdAt gradingSessionId userId",
        ]
        let tables = columns.mapValues { names in
            FoundTable(columns: names.split(separator: " ").map { FoundTable.Column(String($0)) })
        }
        return WebAppLayout(schema: "public", try DatabaseLayout(tables), types: [:])
    }
}
