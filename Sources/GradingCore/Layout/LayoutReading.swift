/// Tells the generations apart and looks for all that the monitor needs.
struct LayoutReading {
    let generation: DatabaseLayout.Generation
    let names: LayoutNames
    let sessions: FoundTable
    let students: FoundTable
    private(set) var studentStatuses: [TaskStatus] = TaskStatus.allCases
    private(set) var fillers: [ColumnFiller] = []
    private(set) var obstacles: [String] = []

    init(_ tables: [String: FoundTable]) throws(StoreError) {
        generation = Self.generation(of: tables)
        names = .of(generation)
        sessions = tables["grading_sessions"] ?? FoundTable()
        students = tables["students"] ?? FoundTable()
        try Self.verifyColumns(of: tables, names)
        try verifyWords(of: tables)
        try verifyParts(of: tables)
        try planFillers(for: tables)
    }

    /// By the names that only the second has. What bears names of both is taken for the second, and refused by what it lacks.
    private static func generation(of tables: [String: FoundTable]) -> DatabaseLayout.Generation {
        let second = LayoutNames.of(.second)
        let isSecond =
            tables["grading_sessions"]?.has(second.sessionStatus) == true
            || tables["students"]?.has(second.studentStatus) == true
        return isSecond ? .second : .first
    }

    // MARK: Columns

    private static func verifyColumns(of tables: [String: FoundTable], _ names: LayoutNames) throws(StoreError) {
        for (table, columns) in names.needed {
            guard let found = tables[table] else {
                throw .incompatibleSchema("the database has no table \"\(table)\"")
            }
            try verify(columns, in: found, table)
        }
        let sessions = tables["grading_sessions"] ?? FoundTable()
        if LayoutNames.sessionScores.contains(where: sessions.has) {
            try verify(LayoutNames.sessionScores, in: sessions, "grading_sessions")
        }
    }

    private static func verify(_ columns: [String], in table: FoundTable, _ name: String) throws(StoreError) {
        guard let missing = columns.first(where: { !table.has($0) }) else { return }
        throw .incompatibleSchema("the table \"\(name)\" has no column \"\(missing)\"")
    }

    /// The parts' tables: with all of their columns, and the keys by which their rows are written again.
    private func verifyParts(of tables: [String: FoundTable]) throws(StoreError) {
        for (name, columns) in LayoutNames.optional {
            guard let table = tables[name] else { continue }
            try Self.verify(columns, in: table, name)
            let key = ["studentId", "questionId"] + (name == "student_feedback" ? ["type"] : [])
            guard table.indexes.contains(where: { $0.isUnique && Set($0.columns) == Set(key) }) else {
                let columns = key.map { "\"\($0)\"" }.joined(separator: ", ")
                throw .incompatibleSchema("the table \"\(name)\" has no unique key (\(columns))")
            }
        }
    }

    // MARK: Words

    private mutating func verifyWords(of tables: [String: FoundTable]) throws(StoreError) {
        let sessionStatuses = SessionStatus.allCases.filter { $0 != .cancelled }
        try Self.verify(
            sessionStatuses.map(names.sessionWords.word),
            of: names.sessionStatus,
            in: sessions,
            "grading_sessions"
        )
        // Where REQUIRES_REVIEW is missing a mark of the monitor's stands for it.
        let needed = [TaskStatus.pending, .processing, .completed, .failed]
        try Self.verify(needed.map(\.rawValue), of: names.studentStatus, in: students, "students")
        if let words = students.column(names.studentStatus)?.words {
            studentStatuses = TaskStatus.allCases.filter { words.contains($0.rawValue) }
        } else if generation == .first {
            // A text column takes any word, but nobody in the first generation writes these two.
            studentStatuses = needed + [.requiresReview]
        }
        let levels = LogLevel.allCases.map(\.rawValue)
        try Self.verify(levels, of: "level", in: tables["session_logs"] ?? FoundTable(), "session_logs")
        if let feedback = tables["student_feedback"] {
            try Self.verify([GradedPart.feedbackType], of: "type", in: feedback, "student_feedback")
        }
    }

    private static func verify(
        _ words: [String],
        of column: String,
        in table: FoundTable,
        _ name: String
    ) throws(StoreError) {
        guard let present = table.column(column)?.words, let missing = words.first(where: { !present.contains($0) }) else {
            return
        }
        throw .incompatibleSchema("the type of \"\(name)\".\"\(column)\" has no value '\(missing)'")
    }

    // MARK: Required columns

    /// What a registration has for the columns that it knows of, and that require a value.
    private static let known: [ColumnFiller] = [
        // No hash of any password looks like this, so nobody can sign in as the monitor's user.
        ColumnFiller("users", "passwordHash", .text("!")),
        ColumnFiller("users", "role", .text("USER")),
        ColumnFiller("grading_sessions", "gradingRubric", .text("{}")),
        // There is no file: the web app has it, or nobody.
        ColumnFiller("students", "fileName", .text("")),
        ColumnFiller("students", "fileUrl", .text("")),
        ColumnFiller("students", "fileMimeType", .text("")),
        ColumnFiller("students", "fileSize", .integer(0)),
        ColumnFiller("students", "aiTaskStatus", .text("")),
    ]

    private mutating func planFillers(for tables: [String: FoundTable]) throws(StoreError) {
        for (table, written) in Self.written(names) {
            for column in tables[table]?.columns ?? [] where column.isRequired && !written.contains(column.name) {
                try fill(column, of: table)
            }
        }
        if students.has("uploadedAt") { fillers.append(ColumnFiller("students", "uploadedAt", .now)) }
    }

    private mutating func fill(_ column: FoundTable.Column, of table: String) throws(StoreError) {
        let filler = Self.known.first { $0.table == table && $0.column == column.name }
        if let filler, column.words.map({ words in filler.isOne(of: words) }) ?? true {
            fillers.append(filler)
        } else if ["users", "grading_sessions", "students"].contains(table) {
            obstacles.append("\(table).\(column.name)")
        } else {
            // These rows come with every report: without them nothing could be stored.
            throw .incompatibleSchema(
                "the table \"\(table)\" requires a value for \"\(column.name)\", which the monitor does not know"
            )
        }
    }

    /// The columns that always get a value in a new row.
    private static func written(_ names: LayoutNames) -> [(table: String, columns: Set<String>)] {
        [
            ("users", ["id", "email", "name", "createdAt", "updatedAt"]),
            (
                "grading_sessions",
                [
                    "id", "title", "subject", "examYear", names.sessionStatus, "numStudents", "createdAt", "updatedAt", "userId",
                ]
            ),
            (
                "students",
                [
                    "id", names.studentName, names.studentStatus, "studentId", "taskId", "uploadedAt", "createdAt", "updatedAt",
                    "gradingSessionId",
                ]
            ),
            ("session_logs", ["id", "level", "message", "context", "createdAt", "gradingSessionId", "userId"]),
        ] + LayoutNames.optional.map { ($0.table, Set($0.columns)) }
    }
}

extension ColumnFiller {
    fileprivate func isOne(of words: [String]) -> Bool {
        if case .text(let text) = value { words.contains(text) } else { false }
    }
}
