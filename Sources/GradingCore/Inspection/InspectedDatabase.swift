/// What a store reads for a ``DatabaseInspection``, in one transaction that cannot write.
package struct InspectedDatabase: Sendable, Equatable {
    package struct Description: Sendable, Equatable {
        /// `SQLite` or `PostgreSQL`.
        package let engine: String
        package let layout: DatabaseLayout
        /// The version of the monitor's own tables; `nil` where it has never been.
        package let schemaVersion: Int?

        package init(engine: String, layout: DatabaseLayout, schemaVersion: Int?) {
            self.engine = engine
            self.layout = layout
            self.schemaVersion = schemaVersion
        }
    }

    package struct Session: Sendable, Equatable {
        package let id: SessionID
        package let title: String
        /// The status as it stands in the database.
        package let word: String
        package private(set) var students = StudentCounts()
        package private(set) var presence = StudentPresence(pending: false, processing: false, failed: false, graded: false)

        package init(id: SessionID, title: String, word: String) {
            self.id = id
            self.title = title
            self.word = word
        }

        /// Counts students in that stand at one status. Those who are open without a task id count as pending.
        package mutating func add(_ number: Int, at status: TaskStatus, hasTask: Bool) {
            let counted = !hasTask && status.isOpen ? TaskStatus.pending : status
            students.add(number, at: counted)
            presence.insert(studentWithTask: counted)
        }
    }

    /// An open student with a task id.
    package struct Task: Sendable, Equatable {
        package let id: String
        package let studentName: String
        package let session: SessionID
        package let status: String
        /// The later of the row's last change and the grading server's last signal.
        package let lastSignOfLife: Timestamp?
        package let gradedAt: Timestamp?
        package let hasScore: Bool
        package let hasResult: Bool
        /// The grading server's own word.
        package let word: String?

        package init(
            id: String,
            studentName: String,
            session: SessionID,
            status: String,
            lastSignOfLife: Timestamp?,
            gradedAt: Timestamp?,
            hasScore: Bool,
            hasResult: Bool,
            word: String?
        ) {
            self.id = id
            self.studentName = studentName
            self.session = session
            self.status = status
            self.lastSignOfLife = lastSignOfLife
            self.gradedAt = gradedAt
            self.hasScore = hasScore
            self.hasResult = hasResult
            self.word = word
        }
    }

    package let description: Description
    package let sessions: [Session]
    package let openTasks: [Task]
    package let studentsWithoutTask: Int

    package init(description: Description, sessions: [Session], openTasks: [Task], studentsWithoutTask: Int) {
        self.description = description
        self.sessions = sessions
        self.openTasks = openTasks
        self.studentsWithoutTask = studentsWithoutTask
    }
}
