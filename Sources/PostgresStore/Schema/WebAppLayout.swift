import GradingCore

/// Where the web app's data stands in the database in use, in SQL.
struct WebAppLayout: Sendable {
    let database: DatabaseLayout
    /// Quoted.
    private let schema: String
    /// By `table.column`.
    private let types: [String: String]

    /// - Parameter types: the types of columns by `table.column`, as SQL.
    init(schema: String, _ database: DatabaseLayout, types: [String: String]) {
        self.schema = schema.quotedIdentifier
        self.database = database
        self.types = types
    }

    var users: String { table("users") }
    var sessions: String { table("grading_sessions") }
    var students: String { table("students") }
    var questionScores: String { table("question_scores") }
    var feedback: String { table("student_feedback") }
    var logTable: String { table("session_logs") }

    /// The columns that each generation names in its own way.
    var sessionState: String { database.sessionStatus.quotedIdentifier }
    var studentState: String { database.studentStatus.quotedIdentifier }
    var studentName: String { database.studentName.quotedIdentifier }
    var studentMaximum: String { database.studentMaximum.quotedIdentifier }

    /// The types of columns that take some words only.
    var sessionStatus: String { type("grading_sessions", database.sessionStatus) }
    var gradingStatus: String { type("students", database.studentStatus) }
    var logLevel: String { type("session_logs", "level") }
    var feedbackType: String { type("student_feedback", "type") }

    /// SQL for "still open", in the form of the partial index.
    let open = "IN ('PENDING', 'PROCESSING')"
    /// SQL for "ended with something to show". Which of the words a type has depends on the generation, and PostgreSQL refuses a
    /// comparison with one that it has not.
    var graded: String { "IN (" + database.gradedStatuses.map { "'\($0.rawValue)'" }.joined(separator: ", ") + ")" }
    /// SQL for a session that has not ended.
    var active: String { "IN ('PENDING', '\(database.sessionWords.word(for: .processing))')" }

    /// SQL that clears what an attempt has brought, in an UPDATE of students.
    var clearedResult: String { database.resultColumns.map { $0.quotedIdentifier + " = NULL" }.joined(separator: ", ") }

    private func table(_ name: String) -> String { schema + "." + name.quotedIdentifier }

    private func type(_ table: String, _ column: String) -> String { types["\(table).\(column)"] ?? "text" }
}

extension String {
    /// As an identifier in SQL, whatever is in it (manual, 4.1.1).
    var quotedIdentifier: String { "\"" + replacing("\"", with: "\"\"") + "\"" }

    /// As a text in SQL, whatever is in it (manual, 4.1.2.1).
    var quotedLiteral: String { "'" + replacing("'", with: "''") + "'" }
}

/// What is added to the columns and the values of an INSERT for the columns that require a value.
struct Fillers {
    let columns: String
    let values: String

    /// - Parameter now: SQL for the moment of writing.
    init(_ layout: WebAppLayout, _ table: String, now: String) {
        let fillers = layout.database.fillers(of: table)
        columns = fillers.map { ", " + $0.column.quotedIdentifier }.joined()
        values = fillers.map { filler in
            switch filler.value {
            case .text(let text): ", " + text.quotedLiteral
            case .integer(let number): ", \(number)"
            case .now: ", " + now
            }
        }.joined()
    }
}
