/// The level of a row in `session_logs`; the raw value is the word in the database.
package enum LogLevel: String, Sendable, Hashable, CaseIterable {
    case info = "INFO"
    case warning = "WARNING"
    case error = "ERROR"
    case success = "SUCCESS"
    case debug = "DEBUG"
}

/// A row of `session_logs`.
package struct SessionLog: Sendable, Equatable {
    package let id: String
    package let level: LogLevel
    package let message: String
    /// What wrote it: `callback`, `reconciliation`, `manual`, or the web app's own word.
    package let context: String?
    /// The student's row id.
    package let studentID: String?
    /// A JSON text.
    package let metadata: String?
    package let createdAt: Timestamp

    package init(
        id: String,
        level: LogLevel,
        message: String,
        context: String?,
        studentID: String?,
        metadata: String?,
        createdAt: Timestamp
    ) {
        self.id = id
        self.level = level
        self.message = message
        self.context = context
        self.studentID = studentID
        self.metadata = metadata
        self.createdAt = createdAt
    }
}

/// A row that someone wants added by hand.
package struct NewSessionLog: Sendable, Equatable {
    package let session: SessionID
    package let level: LogLevel
    package let message: String
    package let context: String?
    /// The student's row id or its external id; the row id is stored. Unknown: stored as given.
    package let studentID: String?
    /// A JSON text.
    package let metadata: String?

    package init(
        session: SessionID,
        level: LogLevel,
        message: String,
        context: String?,
        studentID: String?,
        metadata: String?
    ) {
        self.session = session
        self.level = level
        self.message = message
        self.context = context
        self.studentID = studentID
        self.metadata = metadata
    }
}
