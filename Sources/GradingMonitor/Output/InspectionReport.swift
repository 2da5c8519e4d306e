import GradingCore

/// The answer of `inspect-database`.
struct InspectionReport: JSONReport {
    struct Database: Encodable {
        let engine: String
        let generation: Int
        /// The version of the monitor's own tables; left out where it has never been.
        let monitorSchemaVersion: Int?
        /// What is meant, and the column that it stands in.
        let names: [String: String]
        let sessionUnderWay: String
        let features: [String]
        /// Indexes that would help.
        let missingIndexes: [String]
        /// Columns that registration has no value for.
        let registrationObstacles: [String]
    }

    struct Found<Item: Encodable>: Encodable {
        let total: Int
        let items: [Item]
    }

    struct Session: Encodable {
        let sessionId: String
        let title: String
        let status: String
        let shouldBe: String
        let pendingStudents: Int
        let processingStudents: Int
        let failedStudents: Int
        let completedStudents: Int
    }

    struct Task: Encodable {
        let taskId: String
        let studentName: String
        let sessionId: String
        let status: String
        var evidence: String?
        var silentSince: String?
        var silentSeconds: Int?
    }

    let message = "Database inspected"
    let timestamp: String
    let database: Database
    let sessionsBehind: Found<Session>
    let tasksBehind: Found<Task>
    let stuckTasks: Found<Task>
    let studentsWithoutTask: Int

    init(_ inspection: DatabaseInspection, at time: Timestamp) {
        timestamp = time.iso8601
        database = Database(inspection.database)
        sessionsBehind = Found(inspection.sessionsBehind, Session.init)
        tasksBehind = Found(inspection.tasksBehind, Task.init)
        stuckTasks = Found(inspection.stuckTasks, Task.init)
        studentsWithoutTask = inspection.studentsWithoutTask
    }

    private enum CodingKeys: CodingKey {
        case message, timestamp, database, sessionsBehind, tasksBehind, stuckTasks, studentsWithoutTask
    }
}

// MARK: Text

extension InspectionReport {
    var text: String {
        let sessions = sessionsBehind.section("sessions whose status is behind their students") { session in
            "\(session.sessionId) (\(session.title)): \(session.status), should be \(session.shouldBe)"
        }
        let behind = tasksBehind.section("open tasks that have ended") { task in
            "\(task.taskId) (\(task.studentName)): \(task.status), but \(task.evidence ?? "")"
        }
        let stuck = stuckTasks.section("tasks of which nothing was heard for long") { task in
            "\(task.taskId) (\(task.studentName)): \(task.status), \(task.silence)"
        }
        return ([database.text] + [sessions, behind, stuck].map { $0.joined(separator: "\n") }).joined(separator: "\n\n")
    }
}

extension InspectionReport.Database {
    fileprivate var text: String {
        var rows: [(name: String, value: String)] = [
            ("database", engine),
            ("web app", "generation \(generation)"),
            ("monitor", monitorSchemaVersion.map { "schema version \($0)" } ?? "never been here"),
        ]
        rows += names.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        rows.append(("session under way", sessionUnderWay))
        rows.append(("has", features.joined(separator: ", ")))
        if !missingIndexes.isEmpty { rows.append(("indexes that would help", missingIndexes.joined(separator: ", "))) }
        if !registrationObstacles.isEmpty {
            rows.append(("no registration without", registrationObstacles.joined(separator: ", ")))
        }
        return Columns.text(rows)
    }
}

extension InspectionReport.Task {
    fileprivate var silence: String {
        guard let silentSince, let silentSeconds else { return "silent since nobody knows when" }
        return "silent for \(Duration.seconds(silentSeconds).roughly), since \(silentSince)"
    }
}

extension InspectionReport.Found {
    fileprivate func section(_ title: String, line: (Item) -> String) -> [String] {
        let lines = items.map { "  " + LogText.escaped(line($0)) }
        let rest = total - items.count
        return ["\(title): \(total)"] + lines + (rest > 0 ? ["  and \(rest) more"] : [])
    }
}

extension Duration {
    /// In days and hours, in hours and minutes, or in minutes.
    fileprivate var roughly: String {
        let minutes = components.seconds / 60
        let (days, hours) = (minutes / 1_440, minutes / 60 % 24)
        if days > 0 { return "\(days) d \(hours) h" }
        return hours > 0 ? "\(hours) h \(minutes % 60) min" : "\(minutes) min"
    }
}

// MARK: From what was found

extension InspectionReport.Database {
    fileprivate init(_ description: InspectedDatabase.Description) {
        let layout = description.layout
        self.init(
            engine: description.engine,
            generation: layout.generation.rawValue,
            monitorSchemaVersion: description.schemaVersion,
            names: Dictionary(uniqueKeysWithValues: layout.mapping.map { ($0.meaning, $0.column) }),
            sessionUnderWay: layout.sessionWords.word(for: .processing),
            features: layout.features,
            missingIndexes: layout.missingIndexes,
            registrationObstacles: layout.obstacles
        )
    }
}

extension InspectionReport.Found {
    fileprivate init<Finding>(_ findings: Findings<Finding>, _ item: (Finding) -> Item) {
        self.init(total: findings.total, items: findings.first.map(item))
    }
}

extension InspectionReport.Session {
    fileprivate init(_ session: SessionBehind) {
        self.init(
            sessionId: session.session.rawValue,
            title: session.title,
            status: session.word,
            shouldBe: session.shouldBe,
            pendingStudents: session.students.pending,
            processingStudents: session.students.processing,
            failedStudents: session.students.failed,
            completedStudents: session.students.completed
        )
    }
}

extension InspectionReport.Task {
    fileprivate init(_ task: TaskBehind) {
        self.init(
            taskId: task.task,
            studentName: task.studentName,
            sessionId: task.session.rawValue,
            status: task.status,
            evidence: task.evidence
        )
    }

    fileprivate init(_ task: StuckTask) {
        self.init(
            taskId: task.task,
            studentName: task.studentName,
            sessionId: task.session.rawValue,
            status: task.status,
            silentSince: task.silentSince?.iso8601,
            silentSeconds: task.silentSince == nil ? nil : Int(task.silentFor.components.seconds)
        )
    }
}
