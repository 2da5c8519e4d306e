/// What one generation of the web app calls things.
struct LayoutNames: Sendable, Equatable {
    let sessionStatus: String
    let studentName: String
    let studentStatus: String
    let studentMaximum: String
    let sessionWords: SessionWords

    static func of(_ generation: DatabaseLayout.Generation) -> LayoutNames {
        switch generation {
        case .first:
            LayoutNames(
                sessionStatus: "status",
                studentName: "name",
                studentStatus: "status",
                studentMaximum: "maxScore",
                sessionWords: .firstGeneration
            )
        case .second:
            LayoutNames(
                sessionStatus: "sessionStatus",
                studentName: "studentName",
                studentStatus: "studentGradingStatus",
                studentMaximum: "maxScorePossible",
                sessionWords: .secondGeneration
            )
        }
    }

    /// The columns that the monitor reads or writes, in the order in which they are looked for. Without them nothing works.
    var needed: [(table: String, columns: [String])] {
        [
            ("users", ["id", "email", "name", "role", "createdAt", "updatedAt"]),
            (
                "grading_sessions",
                [
                    "id", "title", "subject", "examYear", sessionStatus, "numStudents", "createdAt", "updatedAt", "startedAt",
                    "completedAt", "userId",
                ]
            ),
            (
                "students",
                [
                    "id", studentName, "studentId", "totalScore", studentMaximum, "percentage", studentStatus, "taskId",
                    "createdAt", "updatedAt", "gradedAt", "gradingSessionId",
                ]
            ),
            (
                "session_logs",
                ["id", "level", "message", "context", "studentId", "metadata", "createdAt", "gradingSessionId", "userId"]
            ),
        ]
    }

    /// All of them or none.
    static let sessionScores = ["averageScore", "highestScore", "lowestScore", "passingRate"]

    /// Tables that may be missing; when they are there, with these columns.
    static let optional: [(table: String, columns: [String])] = [
        ("question_scores", ["id", "questionId", "score", "maxScore", "createdAt", "updatedAt", "studentId"]),
        ("student_feedback", ["id", "questionId", "feedback", "type", "createdAt", "updatedAt", "studentId"]),
    ]
}

/// An index without which a statement reads more than it should.
struct WantedIndex: Sendable {
    let table: String
    /// It begins with these.
    let columns: [String]
    /// Whether one that covers some rows only will do: there is one purpose for that, the students who are open.
    var orPartial = false

    static func all(_ names: LayoutNames) -> [WantedIndex] {
        [
            WantedIndex(table: "students", columns: ["taskId"]),
            WantedIndex(table: "students", columns: ["gradingSessionId", names.studentStatus, "taskId"]),
            WantedIndex(table: "students", columns: [names.studentStatus], orPartial: true),
            WantedIndex(table: "session_logs", columns: ["gradingSessionId", "createdAt"]),
        ]
    }

    func isMet(by tables: [String: FoundTable]) -> Bool {
        tables[table]?.indexes.contains { index in
            index.isPartial ? orPartial : index.columns.starts(with: columns)
        } ?? false
    }

    var description: String { "\(table)(\(columns.joined(separator: ", ")))" }
}
