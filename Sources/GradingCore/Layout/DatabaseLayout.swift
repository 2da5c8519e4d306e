/// Where the web app's data stands in the database in use, and by which names and words. Read once, at the start.
///
/// Two generations of the web app are in use. They call the same things by other names, and each has columns that the other
/// has not. Made from what a store finds; what fits neither generation is refused by the name of what is missing.
package struct DatabaseLayout: Sendable, Equatable {
    package enum Generation: Int, Sendable, CaseIterable {
        case first = 1
        case second = 2
    }

    package let generation: Generation

    // MARK: Names

    /// The column of `grading_sessions` with a session's status.
    package let sessionStatus: String
    /// The column of `students` with a student's name.
    package let studentName: String
    /// The column of `students` with a student's status.
    package let studentStatus: String
    /// The column of `students` with the most that could be scored.
    package let studentMaximum: String

    // MARK: Words

    package let sessionWords: SessionWords
    /// The statuses that a student can have here.
    package let studentStatuses: [TaskStatus]

    // MARK: What is there

    /// `averageScore`, `highestScore`, `lowestScore` and `passingRate` of `grading_sessions`.
    package let hasSessionScores: Bool
    /// `rawGradingOutput` of `students`. Where it is missing the monitor keeps the result in a table of its own.
    package let hasRawOutput: Bool
    /// `aiTaskStatus` of `students`.
    package let hasTaskWord: Bool
    /// Whether `aiTaskStatus` can say that nothing was heard yet.
    package let isTaskWordNullable: Bool
    /// The table `question_scores`.
    package let hasQuestionScores: Bool
    /// The table `student_feedback`.
    package let hasFeedback: Bool
    /// Whether a session has to say how many students it has.
    package let isStudentCountRequired: Bool
    /// Whether no two students bear one task id.
    package let isTaskIDUnique: Bool
    /// Whether no two students have one number of the institution's, in whatever session.
    package let isStudentIDUnique: Bool
    /// Whether every student has a number of the institution's.
    package let isStudentIDRequired: Bool

    // MARK: Registration

    /// What registration writes where a column wants a value that it has not.
    package let fillers: [ColumnFiller]
    /// Required columns that registration has nothing for, as `table.column`: it can make no such rows.
    package let obstacles: [String]

    /// The indexes that would help, as `table(column, …)`. The monitor makes none in the web app's tables.
    package let missingIndexes: [String]

    /// - Throws: ``StoreError/incompatibleSchema(_:)`` with the name of what is missing.
    package init(_ tables: [String: FoundTable]) throws(StoreError) {
        let reading = try LayoutReading(tables)
        let (sessions, students) = (reading.sessions, reading.students)
        generation = reading.generation
        sessionStatus = reading.names.sessionStatus
        studentName = reading.names.studentName
        studentStatus = reading.names.studentStatus
        studentMaximum = reading.names.studentMaximum
        sessionWords = reading.names.sessionWords
        studentStatuses = reading.studentStatuses
        hasSessionScores = sessions.has("averageScore")
        hasRawOutput = students.has("rawGradingOutput")
        let taskWord = students.column("aiTaskStatus")
        // Its own word is any text: a column that takes some words only is left alone.
        hasTaskWord = taskWord != nil && taskWord?.words == nil
        isTaskWordNullable = taskWord?.isNullable ?? false
        hasQuestionScores = tables["question_scores"] != nil
        hasFeedback = tables["student_feedback"] != nil
        isStudentCountRequired = sessions.column("numStudents")?.isNullable == false
        isTaskIDUnique = students.isUnique("taskId")
        isStudentIDUnique = students.isUnique("studentId")
        isStudentIDRequired = students.column("studentId")?.isNullable == false
        fillers = reading.fillers
        obstacles = reading.obstacles
        missingIndexes = WantedIndex.all(reading.names).filter { !$0.isMet(by: tables) }.map(\.description)
    }

    /// What a student who has ended with something to show can stand at here.
    package var gradedStatuses: [TaskStatus] { studentStatuses.filter(\.hasResult) }

    /// Whether a student can stand at REQUIRES_REVIEW; see ``TaskStatus/stored(hasReviewStatus:)``.
    package var hasReviewStatus: Bool { studentStatuses.contains(.requiresReview) }

    /// The columns of `students` that hold what an attempt has brought: a new attempt begins without.
    package var resultColumns: [String] {
        ["totalScore", studentMaximum, "percentage"] + (hasRawOutput ? ["rawGradingOutput"] : [])
            + (hasTaskWord && isTaskWordNullable ? ["aiTaskStatus"] : [])
    }

    package func fillers(of table: String) -> [ColumnFiller] { fillers.filter { $0.table == table } }

    /// Why registration can make no session, with a user who owns it; `nil` when it can.
    package var sessionRefusal: RegistrationRefusal? { refusal(of: "users") ?? refusal(of: "grading_sessions") }

    /// Why registration cannot add these students, as far as the table's description tells; `nil` when it can.
    package func refusal(of students: [NewStudent]) -> RegistrationRefusal? {
        guard !students.isEmpty else { return nil }
        if isStudentIDRequired, students.contains(where: { $0.studentID == nil }) { return .studentIDRequired }
        guard isStudentIDUnique else { return refusal(of: "students") }
        var numbers: Set<[UInt8]> = []
        let repeated = students.compactMap(\.studentID).first { !numbers.insert(Array($0.utf8)).inserted }
        return repeated.map(RegistrationRefusal.studentIDTaken) ?? refusal(of: "students")
    }

    private func refusal(of table: String) -> RegistrationRefusal? {
        obstacles.first { $0.hasPrefix(table + ".") }.map(RegistrationRefusal.columnRequired)
    }
}

/// What is written into a column that requires a value which nobody has.
package struct ColumnFiller: Sendable, Equatable {
    package enum Value: Sendable, Equatable {
        case text(String)
        case integer(Int)
        /// The moment of writing.
        case now
    }

    package let table: String
    package let column: String
    package let value: Value

    package init(_ table: String, _ column: String, _ value: Value) {
        self.table = table
        self.column = column
        self.value = value
    }
}
