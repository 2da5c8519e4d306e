package import Logging

extension DatabaseLayout {
    /// Says what was found, in one line, when a server or a command starts.
    package func log(to logger: Logger) {
        logger.info("The web app's tables were read", metadata: metadata)
    }

    private var metadata: Logger.Metadata {
        var metadata: Logger.Metadata = [
            "generation": "\(generation.rawValue)",
            "names": "\(mapping.map(\.column).joined(separator: " "))",
            "session_under_way": "\(sessionWords.word(for: .processing))",
            "has": "\(features.joined(separator: " "))",
        ]
        if !missingIndexes.isEmpty { metadata["indexes_that_would_help"] = "\(missingIndexes.joined(separator: " "))" }
        if !obstacles.isEmpty { metadata["no_registration_without"] = "\(obstacles.joined(separator: " "))" }
        return metadata
    }

    /// The names that differ between the generations: what is meant, and the column that it stands in.
    package var mapping: [(meaning: String, column: String)] {
        [
            ("sessionStatus", "grading_sessions.\(sessionStatus)"), ("studentName", "students.\(studentName)"),
            ("studentStatus", "students.\(studentStatus)"), ("maximumScore", "students.\(studentMaximum)"),
        ]
    }

    /// What is there that may be missing, by its name in the database.
    package var features: [String] {
        [
            (hasSessionScores, "session scores"), (hasRawOutput, "rawGradingOutput"), (hasTaskWord, "aiTaskStatus"),
            (hasQuestionScores, "question_scores"), (hasFeedback, "student_feedback"), (isTaskIDUnique, "unique taskId"),
            (isStudentIDUnique, "unique studentId"),
        ].filter(\.0).map(\.1)
    }
}
