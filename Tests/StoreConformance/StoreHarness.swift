package import GradingCore

/// A store under test, and a way past it: what the web app would write, and what it would read, in the same database.
package protocol StoreHarness: Sendable {
    var store: any Store { get }

    /// What the store has found of the web app's tables.
    var layout: DatabaseLayout { get }

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

    /// `aiTaskStatus` of the student; `nil` where there is no such column.
    func taskWord(of row: StudentRowID) async throws -> String?

    /// The rows of `question_scores`, by question; none where there is no such table.
    func questionScores(of row: StudentRowID) async throws -> [StoredScore]

    /// The rows of `student_feedback`, by question and type; none where there is no such table.
    func feedback(of row: StudentRowID) async throws -> [StoredFeedback]

    /// Writes feedback of another type than the grader's, as people do in the web app.
    func addFeedback(_ feedback: StoredFeedback, to row: StudentRowID) async throws
}

/// A row of `question_scores`.
package struct StoredScore: Sendable, Equatable {
    package let question: String
    package let score: Double
    package let maximum: Double
    package let createdAt: Timestamp?
    package let updatedAt: Timestamp?

    package init(question: String, score: Double, maximum: Double, createdAt: Timestamp?, updatedAt: Timestamp?) {
        self.question = question
        self.score = score
        self.maximum = maximum
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// A row of `student_feedback`.
package struct StoredFeedback: Sendable, Equatable {
    package let question: String
    package let text: String
    package let type: String

    package init(question: String, text: String, type: String) {
        self.question = question
        self.text = text
        self.type = type
    }
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
    /// Wherever it is kept, as ``canonicalJSON(_:)`` writes it: PostgreSQL's `jsonb` keeps neither white space nor the order of the members.
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
