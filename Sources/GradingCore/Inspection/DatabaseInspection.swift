/// What stands in a database, and what of it is not as it should be. Pure: a store reads an ``InspectedDatabase``.
package struct DatabaseInspection: Sendable, Equatable {
    package let database: InspectedDatabase.Description
    /// Sessions whose status does not follow from their students, as ``SessionRollUp`` has it.
    package let sessionsBehind: Findings<SessionBehind>
    /// Open tasks whose student's row shows that they have ended.
    package let tasksBehind: Findings<TaskBehind>
    /// Open tasks of which nothing was heard for long, the longest first.
    package let stuckTasks: Findings<StuckTask>
    /// Open students that nobody can report about.
    package let studentsWithoutTask: Int

    /// - Parameters:
    ///   - stuckAfter: how long a task may be silent.
    ///   - limit: how many of each kind are named; all are counted.
    package init(_ database: InspectedDatabase, at now: Timestamp, stuckAfter: Duration, limit: Int = 100) {
        self.database = database.description
        let words = database.description.layout.sessionWords
        sessionsBehind = Findings(database.sessions.compactMap { SessionBehind($0, words) }, limit: limit)
        tasksBehind = Findings(database.openTasks.compactMap(TaskBehind.init), limit: limit)
        let stuck = database.openTasks.compactMap { StuckTask($0, at: now, stuckAfter: stuckAfter) }
        stuckTasks = Findings(stuck.sorted { $0.silentFor > $1.silentFor }, limit: limit)
        studentsWithoutTask = database.studentsWithoutTask
    }
}

/// The first of what was found, and how many there are.
package struct Findings<Finding: Sendable & Equatable>: Sendable, Equatable {
    package let total: Int
    package let first: [Finding]

    init(_ all: [Finding], limit: Int) {
        total = all.count
        first = Array(all.prefix(limit))
    }
}

/// A session whose status does not follow from its students.
package struct SessionBehind: Sendable, Equatable {
    package let session: SessionID
    package let title: String
    /// As it stands in the database.
    package let word: String
    /// The status that follows from the students, in the words of the database.
    package let shouldBe: String
    package let students: StudentCounts

    /// `nil` when it is as it should be.
    init?(_ session: InspectedDatabase.Session, _ words: SessionWords) {
        guard let status = words.status(for: session.word) else { return nil }
        let next = SessionRollUp.status(of: session.presence, current: status)
        guard next != status else { return nil }
        self.session = session.id
        title = session.title
        word = session.word
        shouldBe = words.word(for: next)
        students = session.students
    }
}

/// A task that is open, although its student's row shows that it has ended.
package struct TaskBehind: Sendable, Equatable {
    package let task: String
    package let studentName: String
    package let session: SessionID
    package let status: String
    /// What shows it, in a few words.
    package let evidence: String

    /// `nil` when nothing shows it.
    init?(_ task: InspectedDatabase.Task) {
        guard let evidence = Self.evidence(in: task) else { return nil }
        self.task = task.id
        studentName = task.studentName
        session = task.session
        status = task.status
        self.evidence = evidence
    }

    private static func evidence(in task: InspectedDatabase.Task) -> String? {
        if task.hasResult { return "there is a result" }
        if task.gradedAt != nil { return "gradedAt is set" }
        if task.hasScore { return "there is a score" }
        guard let word = task.word, case .known(let status) = StatusVocabulary.standard.meaning(of: word), !status.isOpen else {
            return nil
        }
        return "aiTaskStatus is \(word)"
    }
}

/// A task of which nothing was heard for long.
package struct StuckTask: Sendable, Equatable {
    package let task: String
    package let studentName: String
    package let session: SessionID
    package let status: String
    /// The last sign of life; `nil` when the row holds no time that can be read.
    package let silentSince: Timestamp?
    package let silentFor: Duration

    /// `nil` when it is not that long ago.
    init?(_ task: InspectedDatabase.Task, at now: Timestamp, stuckAfter: Duration) {
        let silentFor = task.lastSignOfLife.map { $0.duration(to: now) } ?? Timestamp(milliseconds: 0).duration(to: now)
        guard silentFor >= stuckAfter else { return nil }
        self.task = task.id
        studentName = task.studentName
        session = task.session
        status = task.status
        silentSince = task.lastSignOfLife
        self.silentFor = silentFor
    }
}
