/// What one transaction writes to register tasks, and what they came to.
///
/// Pure: a store reads a ``RegistrationState``, makes the plan, and writes it, all in one transaction. Registrations are
/// settled in their order, each against what those before it have left.
package struct RegistrationPlan: Sendable {
    package private(set) var outcome = RegistrationOutcome.registered(new: 0, unchanged: 0)
    /// Empty when a task id is taken.
    package private(set) var writes = RegistrationWrites()

    private var state: RegistrationState
    private var ids: RowIDSequence
    private var sessions: Set<SessionID> = []
    private let nextCheckAt: Timestamp?

    /// - Parameter ids: for the rows that are added; `nil` for random ones.
    package init(
        _ registrations: [TaskRegistration],
        in state: RegistrationState,
        at now: Timestamp,
        _ schedule: CheckSchedule,
        ids: RowIDSequence? = nil
    ) {
        self.state = state
        nextCheckAt = schedule.nextCheck(of: .pending, signalledAt: now)
        self.ids = ids ?? RowIDSequence(at: now)
        outcome = settle(registrations)
        if case .taskTaken = outcome {
            writes = RegistrationWrites()
        }
    }

    private mutating func settle(_ registrations: [TaskRegistration]) -> RegistrationOutcome {
        var new = 0
        for registration in registrations {
            let holders = state.holders(of: registration.task)
            if holders.isEmpty {
                settle(registration)
                new += 1
            } else if !holders.contains(where: { $0.isStudent(of: registration) }) {
                return .taskTaken(registration.task)
            }
        }
        return .registered(new: new, unchanged: registrations.count - new)
    }

    /// A task id that nobody holds. A student that waits for one comes before one whose task has failed.
    private mutating func settle(_ registration: TaskRegistration) {
        ensure(registration.session)
        if let waiting = registration.enrolment.flatMap({ state.takeWaiting($0) }) {
            give(registration, to: waiting.student)
        } else if let failed = registration.enrolment.flatMap({ state.takeFailed($0) }) {
            startAttempt(of: failed, as: registration)
        } else {
            addStudent(registration)
        }
    }

    private mutating func ensure(_ session: SessionRegistration) {
        guard sessions.insert(session.id).inserted else { return }
        writes.sessions.append(session)
    }

    // MARK: Students

    private mutating func addStudent(_ registration: TaskRegistration) {
        let student = StudentRowID(ids.next())
        writes.students.append(NewStudent(student, registration))
        hold(registration, by: student, attempt: 1)
    }

    private mutating func give(_ registration: TaskRegistration, to student: StudentRowID) {
        writes.givenTasks.append(GivenTask(student: student, task: registration.task))
        hold(registration, by: student, attempt: 1)
    }

    /// A failed student submitted again under a new task id: an explicit retry, the only way back from FAILED to PENDING.
    private mutating func startAttempt(of failed: FailedStudent, as registration: TaskRegistration) {
        let attempt = failed.attempt + 1
        writes.attempts.append(
            NewAttempt(student: failed.student, task: registration.task, formerTask: failed.task)
        )
        hold(registration, by: failed.student, attempt: attempt)
        logStart(of: attempt, of: failed.student, as: registration)
        writes.changes.append(
            TaskChange(
                task: registration.task,
                student: failed.student,
                session: registration.session.id,
                from: .failed,
                to: .pending,
                source: .manual
            )
        )
    }

    private mutating func logStart(of attempt: Int, of student: StudentRowID, as registration: TaskRegistration) {
        writes.logs.append(
            LogWrite(
                session: registration.session.id,
                student: student,
                level: .info,
                message: "Task \(registration.task): FAILED → PENDING: attempt \(attempt)",
                source: .manual
            )
        )
    }

    private mutating func hold(_ registration: TaskRegistration, by student: StudentRowID, attempt: Int) {
        state.hold(registration, by: student)
        writes.tasks.append(
            NewTask(
                task: registration.task,
                student: student,
                attempt: attempt,
                priority: registration.priority,
                nextCheckAt: nextCheckAt
            )
        )
    }
}
