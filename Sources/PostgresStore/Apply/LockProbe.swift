import GradingCore

/// Which rows of a batch somebody else holds at this moment: looks without waiting.
struct LockProbe {
    private(set) var heldSessions: Set<String> = []
    private(set) var freeSessions: Set<String> = []
    /// The session of each task of the batch that a student bears.
    private var sessions: [TaskID: String] = [:]
    private var heldTasks: Set<TaskID> = []

    /// Takes what can be had, and gives it back at once.
    init(
        _ batch: [TaskReport],
        on session: Session,
        _ statements: ApplyStatements,
        until deadline: Deadline
    ) throws(PostgresError) {
        let ids = Parameter.texts(Set(batch.map(\.task)).sorted().map(\.rawValue))
        let results = try session.transaction(until: deadline) { (transaction) throws(PostgresError) in
            try transaction.run([
                statements.sessionsOfTasks(ids), statements.freeSessions(ids), statements.freeStudents(ids),
            ])
        }
        freeSessions = Set(results[1].rows.compactMap { $0.text(0) })
        let freeTasks = Set(results[2].rows.compactMap { $0.text(0).flatMap(TaskID.init) })
        for row in results[0].rows {
            guard let task = row.text(0).flatMap(TaskID.init), let session = row.text(1) else { continue }
            sessions[task] = session
            if !freeSessions.contains(session) { heldSessions.insert(session) }
            if !freeTasks.contains(task) { heldTasks.insert(task) }
        }
    }

    /// The tasks that cannot be written while these sessions are held.
    func tasks(in sessions: Set<String>) -> Set<TaskID> {
        Set(self.sessions.filter { sessions.contains($0.value) }.keys)
    }

    /// The tasks that cannot be written now.
    var tasks: Set<TaskID> { tasks(in: heldSessions).union(heldTasks) }
}
