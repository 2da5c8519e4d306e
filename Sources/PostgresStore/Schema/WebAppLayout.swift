/// Where the web app's data stands in the database in use, and by which words.
struct WebAppLayout: Sendable {
    /// Quoted.
    private let schema: String
    /// The labels of the students' status type that mean: ended with something to show. Which of them a type has depends on
    /// the web app's generation, and PostgreSQL refuses a comparison with one that it has not.
    private let gradedLabels: [String]

    init(schema: String, statusLabels: [String]) {
        self.schema = schema.quotedIdentifier
        gradedLabels = statusLabels.filter { ["COMPLETED", "REQUIRES_REVIEW", "APPROVED", "REJECTED"].contains($0) }
    }

    var users: String { table("users") }
    var sessions: String { table("grading_sessions") }
    var students: String { table("students") }
    var logTable: String { table("session_logs") }

    var sessionStatus: String { table("SessionStatus") }
    var gradingStatus: String { table("GradingStatus") }
    var logLevel: String { table("LogLevel") }

    /// SQL for "still open", in the form of the partial index.
    let open = "IN ('PENDING', 'PROCESSING')"
    /// SQL for "ended with something to show".
    var graded: String { "IN (" + gradedLabels.map { "'\($0)'" }.joined(separator: ", ") + ")" }

    private func table(_ name: String) -> String { schema + "." + name.quotedIdentifier }
}

extension String {
    /// As an identifier in SQL, whatever is in it (manual, 4.1.1).
    var quotedIdentifier: String { "\"" + replacing("\"", with: "\"\"") + "\"" }
}
