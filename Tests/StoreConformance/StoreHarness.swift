package import GradingCore

/// A store under test, and a way past it: what the web app would write, and what it would read, in the same database.
package protocol StoreHarness: Sendable {
    var store: any Store { get }

    /// Writes a session as the web app does; `status` is a word of the database in use.
    func addSession(_ id: SessionID, status: SessionStatus) async throws

    /// Writes a student as the web app does.
    func addStudent(_ student: WebAppStudent) async throws

    /// Changes a student's status as the web app does.
    func setStatus(of row: StudentRowID, to status: TaskStatus, at now: Timestamp) async throws

    /// The student's row; `nil` when there is none.
    func student(_ row: StudentRowID) async throws -> StoredStudent?

    /// The session's row; `nil` when there is none.
    func session(_ id: SessionID) async throws -> StoredSession?
}

/// A student that the web app wrote, without the monitor's knowing.
package struct WebAppStudent: Sendable {
    package let row: StudentRowID
    package let session: SessionID
    package let task: String?
    package let studentID: String?
    package let status: TaskStatus
    package let updatedAt: Timestamp
    package let gradedAt: Timestamp?

    package init(
        _ row: String,
        in session: SessionID,
        task: String?,
        studentID: String? = nil,
        status: TaskStatus = .pending,
        updatedAt: Timestamp = .start,
        gradedAt: Timestamp? = nil
    ) {
        self.row = StudentRowID(row)
        self.session = session
        self.task = task
        self.studentID = studentID
        self.status = status
        self.updatedAt = updatedAt
        self.gradedAt = gradedAt
    }
}

/// What the web app reads of a student.
package struct StoredStudent: Sendable, Equatable {
    package let status: String
    package let task: String?
    package let totalScore: Double?
    package let maxScore: Double?
    package let percentage: Double?
    package let gradedAt: Timestamp?
    package let updatedAt: Timestamp?
    /// As ``canonicalJSON(_:)`` writes it: PostgreSQL's `jsonb` keeps neither white space nor the order of the members.
    package let rawGradingOutput: String?

    package init(
        status: String,
        task: String?,
        totalScore: Double?,
        maxScore: Double?,
        percentage: Double?,
        gradedAt: Timestamp?,
        updatedAt: Timestamp?,
        rawGradingOutput: String?
    ) {
        self.status = status
        self.task = task
        self.totalScore = totalScore
        self.maxScore = maxScore
        self.percentage = percentage
        self.gradedAt = gradedAt
        self.updatedAt = updatedAt
        self.rawGradingOutput = rawGradingOutput.map(canonicalJSON)
    }
}

/// What the web app reads of a session.
package struct StoredSession: Sendable, Equatable {
    package let status: String
    package let averageScore: Double?
    package let highestScore: Double?
    package let lowestScore: Double?
    package let passingRate: Double?
    package let startedAt: Timestamp?
    package let completedAt: Timestamp?

    package init(
        status: String,
        averageScore: Double?,
        highestScore: Double?,
        lowestScore: Double?,
        passingRate: Double?,
        startedAt: Timestamp?,
        completedAt: Timestamp?
    ) {
        self.status = status
        self.averageScore = averageScore
        self.highestScore = highestScore
        self.lowestScore = lowestScore
        self.passingRate = passingRate
        self.startedAt = startedAt
        self.completedAt = completedAt
    }
}
