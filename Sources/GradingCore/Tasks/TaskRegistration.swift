/// One task that the web app announces before the grading server knows its end.
package struct TaskRegistration: Sendable, Equatable {
    package let task: TaskID
    /// 1 to 300 characters.
    package let studentName: String
    /// The institution's number for the student (a matriculation number, say); not a key of ours.
    package let studentID: String?
    /// 0 to 9, 9 first; `nil` for the session's, or else the ordinary one.
    package let priority: Int?
    package let session: SessionRegistration

    /// The priority of a task where neither it nor its session names one.
    package static let ordinaryPriority = 5

    package init(task: TaskID, studentName: String, studentID: String?, priority: Int?, session: SessionRegistration) {
        self.task = task
        self.studentName = studentName
        self.studentID = studentID
        self.priority = priority
        self.session = session
    }
}

/// The session that a registered task belongs to; made when it is not there yet, left alone when it is.
package struct SessionRegistration: Sendable, Equatable {
    package let id: SessionID
    /// The id when none is given.
    package let title: String
    package let subject: String?
    package let examYear: String?
    package let numStudents: Int?

    /// The id and the name of the user who owns the sessions that the monitor makes.
    package static let owner = "grading-monitor"

    package init(id: SessionID, title: String?, subject: String?, examYear: String?, numStudents: Int?) {
        self.id = id
        self.title = title ?? id.rawValue
        self.subject = subject
        self.examYear = examYear
        self.numStudents = numStudents
    }
}

/// What a registration came to.
package enum RegistrationOutcome: Sendable, Equatable {
    /// Committed: so many new, so many that were there already.
    case registered(new: Int, unchanged: Int)
    /// Another student (or another session) holds this task id: nothing was written.
    case taskTaken(TaskID)
    /// The web app's tables do not take such rows: nothing was written.
    case refused(RegistrationRefusal)
}

/// What the web app's tables want that a registration does not have.
package enum RegistrationRefusal: Sendable, Equatable {
    /// Another student has this number of the institution's, and no two may have one.
    case studentIDTaken(String)
    /// Every student needs a number of the institution's.
    case studentIDRequired
    /// This column, `table.column`, requires a value: only the web app can add the row.
    case columnRequired(String)
}
