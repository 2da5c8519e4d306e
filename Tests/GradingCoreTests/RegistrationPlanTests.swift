import Testing

@testable import GradingCore

@Suite("What a registration does")
struct RegistrationPlanTests {
    private static let now = Timestamp.registration
    private static let schedule = CheckSchedule(grace: .seconds(60))

    private static func plan(
        _ registrations: TaskRegistration...,
        in state: RegistrationState = RegistrationState()
    ) -> RegistrationPlan {
        RegistrationPlan(registrations, in: state, at: now, schedule)
    }

    // MARK: New students

    @Test("a task id that nobody holds is a new student, with a task of its own, and no news for the log")
    func newStudent() throws {
        let plan = Self.plan(.fake("t1", name: "Ada Obi", number: "7", priority: 9))
        #expect(plan.outcome == .registered(new: 1, unchanged: 0))
        let student = try #require(plan.writes.students.first)
        #expect(student.name == "Ada Obi")
        #expect(student.studentID == "7")
        #expect(student.task == TaskID("t1"))
        #expect(student.session == SessionID("s1"))
        #expect(plan.writes.tasks == [.fake("t1", of: student.row, attempt: 1, priority: 9)])
        #expect(plan.writes.givenTasks.isEmpty && plan.writes.attempts.isEmpty)
        #expect(plan.writes.logs.isEmpty && plan.writes.changes.isEmpty)
    }

    @Test("the rows of a batch are told apart, and sort in the order of the registrations")
    func rowIDs() {
        let registrations = (0..<100).map { TaskRegistration.fake("t\($0)") }
        let rows = RegistrationPlan(registrations, in: RegistrationState(), at: Self.now, Self.schedule).writes.students.map(
            \.row.rawValue
        )
        #expect(rows == rows.sorted())
        #expect(Set(rows).count == 100)
    }

    @Test("two papers of one student are two students, each in its first attempt")
    func secondPaper() {
        let plan = Self.plan(.fake("t1", number: "7"), .fake("t2", number: "7"))
        #expect(plan.outcome == .registered(new: 2, unchanged: 0))
        #expect(plan.writes.students.map(\.task) == [TaskID("t1"), TaskID("t2")])
        #expect(plan.writes.tasks.map(\.attempt) == [1, 1])
    }

    // MARK: Sessions

    @Test("a session is made once, as the first of its new tasks describes it, and rolled up once, in the order of the ids")
    func sessions() {
        let plan = Self.plan(
            .fake("t1", session: "s2", title: "first"),
            .fake("t2", session: "s1"),
            .fake("t3", session: "s2", title: "second")
        )
        #expect(plan.writes.sessions.map(\.title) == ["first", "s1"])
        #expect(plan.writes.touchedSessions == [SessionID("s1"), SessionID("s2")])
    }

    @Test("a session all of whose tasks are known is not touched")
    func untouchedSession() {
        let plan = Self.plan(.fake("t1", number: "7"), in: RegistrationState(holders: [.fake("t1", "row-1", number: "7")]))
        #expect(plan.outcome == .registered(new: 0, unchanged: 1))
        #expect(plan.writes == RegistrationWrites())
        #expect(plan.writes.touchedSessions.isEmpty)
    }

    // MARK: Who holds a task id

    struct Claim: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let holder: TaskHolder
        let isStudent: Bool
    }

    /// Against a registration of `t1` in `s1` for Ada Obi, number 7.
    static let numbered = [
        Claim(testDescription: "the same number", holder: .fake("t1", "row-1", number: "7"), isStudent: true),
        Claim(testDescription: "another name", holder: .fake("t1", "row-1", name: "A. Obi", number: "7"), isStudent: true),
        Claim(testDescription: "another number", holder: .fake("t1", "row-1", number: "8"), isStudent: false),
        Claim(testDescription: "no number", holder: .fake("t1", "row-1", number: nil), isStudent: false),
        Claim(testDescription: "another session", holder: .fake("t1", "row-1", number: "7", session: "s2"), isStudent: false),
    ]

    @Test("a student with a number is known by it, within the session", arguments: numbered)
    func numberedStudent(_ claim: Claim) {
        let plan = Self.plan(.fake("t1", number: "7"), in: RegistrationState(holders: [claim.holder]))
        #expect(plan.outcome == (claim.isStudent ? .registered(new: 0, unchanged: 1) : .taskTaken(TaskID("t1")!)))
    }

    /// Against a registration of `t1` in `s1` for Ada Obi, without a number.
    static let unnumbered = [
        Claim(testDescription: "the same name", holder: .fake("t1", "row-1", number: nil), isStudent: true),
        Claim(testDescription: "another name", holder: .fake("t1", "row-1", name: "A. Obi", number: nil), isStudent: false),
        Claim(testDescription: "a number", holder: .fake("t1", "row-1", number: "7"), isStudent: false),
    ]

    @Test("a student without a number is known by name", arguments: unnumbered)
    func unnumberedStudent(_ claim: Claim) {
        let plan = Self.plan(.fake("t1", number: nil), in: RegistrationState(holders: [claim.holder]))
        #expect(plan.outcome == (claim.isStudent ? .registered(new: 0, unchanged: 1) : .taskTaken(TaskID("t1")!)))
    }

    @Test("whoever bore a task id before a later attempt still holds it")
    func formerHolder() {
        let state = RegistrationState(formerHolders: [.fake("t1", "row-1", number: "7")])
        #expect(Self.plan(.fake("t1", number: "7"), in: state).outcome == .registered(new: 0, unchanged: 1))
        #expect(Self.plan(.fake("t1", number: "8"), in: state).outcome == .taskTaken(TaskID("t1")!))
    }

    @Test("whoever bears a task id now comes before whoever bore it once")
    func currentBeforeFormer() {
        let state = RegistrationState(
            holders: [.fake("t1", "row-2", number: "8")],
            formerHolders: [.fake("t1", "row-1", number: "7")]
        )
        #expect(Self.plan(.fake("t1", number: "8"), in: state).outcome == .registered(new: 0, unchanged: 1))
        #expect(Self.plan(.fake("t1", number: "7"), in: state).outcome == .taskTaken(TaskID("t1")!))
    }

    @Test("where the web app gave one task id to several students, each of them is known", arguments: ["7", "8"])
    func severalHolders(_ number: String) {
        let state = RegistrationState(holders: [.fake("t1", "row-1", number: "7"), .fake("t1", "row-2", number: "8")])
        #expect(Self.plan(.fake("t1", number: number), in: state).outcome == .registered(new: 0, unchanged: 1))
    }

    @Test("one task id that is taken undoes the whole batch")
    func taken() {
        let state = RegistrationState(
            holders: [.fake("t3", "row-3", number: "9")],
            waiting: [.fake("row-1", number: "7")],
            failed: [.fake("row-2", number: "8", task: "t0")]
        )
        let plan = Self.plan(
            .fake("t1", number: "7"),
            .fake("t2", number: "8"),
            .fake("t3", number: "1"),
            in: state
        )
        #expect(plan.outcome == .taskTaken(TaskID("t3")!))
        #expect(plan.writes == RegistrationWrites())
    }

    // MARK: Waiting students

    @Test("a student that waits is given the task id, in its first attempt")
    func waiting() {
        let plan = Self.plan(.fake("t1", number: "7"), in: RegistrationState(waiting: [.fake("row-1", number: "7")]))
        #expect(plan.outcome == .registered(new: 1, unchanged: 0))
        #expect(plan.writes.givenTasks == [GivenTask(student: StudentRowID("row-1"), task: TaskID("t1")!)])
        #expect(plan.writes.tasks == [.fake("t1", of: StudentRowID("row-1"), attempt: 1)])
        #expect(plan.writes.sessions.map(\.id) == [SessionID("s1")])
        #expect(plan.writes.students.isEmpty && plan.writes.logs.isEmpty && plan.writes.changes.isEmpty)
    }

    @Test("students that wait under one number are given task ids in the order of their row ids, by bytes, each once")
    func waitingOrder() {
        let state = RegistrationState(waiting: ["row-b", "row-C", "row-a"].map { .fake($0, number: "7") })
        let plan = RegistrationPlan((1...4).map { .fake("t\($0)", number: "7") }, in: state, at: Self.now, Self.schedule)
        #expect(plan.writes.givenTasks.map(\.student.rawValue) == ["row-C", "row-a", "row-b"])
        #expect(plan.writes.students.map(\.task) == [TaskID("t4")])
    }

    @Test("a student that waits in another session, or without a number, is left alone")
    func otherWaiting() {
        let state = RegistrationState(waiting: [.fake("row-1", number: "7", session: "s2")])
        let plan = Self.plan(.fake("t1", number: "7"), .fake("t2", number: nil), in: state)
        #expect(plan.writes.students.count == 2)
        #expect(plan.writes.givenTasks.isEmpty)
    }

    @Test("numbers are compared by their bytes, as databases do")
    func bytewise() {
        let state = RegistrationState(waiting: [.fake("row-1", number: "7\u{E9}")])
        let plan = Self.plan(.fake("t1", number: "7e\u{301}"), .fake("t2", number: "7\u{E9}"), in: state)
        #expect(plan.writes.students.map(\.task) == [TaskID("t1")])
        #expect(plan.writes.givenTasks.map(\.task) == [TaskID("t2")])
    }

    // MARK: Retries

    @Test("a failed student under a new task id starts the next attempt, and the log and the change feed tell of it")
    func retry() {
        let row = StudentRowID("row-1")
        let state = RegistrationState(failed: [.fake("row-1", number: "7", task: "t1", attempt: 2)])
        let plan = Self.plan(.fake("t2", number: "7"), in: state)
        #expect(plan.outcome == .registered(new: 1, unchanged: 0))
        #expect(plan.writes.attempts == [NewAttempt(student: row, task: TaskID("t2")!, formerTask: TaskID("t1"))])
        #expect(plan.writes.tasks == [.fake("t2", of: row, attempt: 3)])
        #expect(plan.writes.students.isEmpty && plan.writes.givenTasks.isEmpty)
        #expect(plan.writes.logs.map(\.message) == ["Task t2: FAILED → PENDING: attempt 3"])
        #expect(plan.writes.logs.map(\.level) == [.info])
        #expect(
            plan.writes.changes == [
                TaskChange(
                    task: TaskID("t2")!,
                    student: row,
                    session: SessionID("s1")!,
                    from: .failed,
                    to: .pending,
                    source: .manual
                )
            ]
        )
    }

    @Test("a failed student without a task has none to remember")
    func retryWithoutTask() {
        let plan = Self.plan(.fake("t1", number: "7"), in: RegistrationState(failed: [.fake("row-1", number: "7", task: nil)]))
        #expect(plan.writes.attempts.map(\.formerTask) == [nil])
        #expect(plan.writes.tasks.map(\.attempt) == [2])
    }

    @Test("a student that waits comes before one that has failed, and a second paper after both")
    func waitingBeforeFailed() {
        let state = RegistrationState(
            waiting: [.fake("row-2", number: "7")],
            failed: [.fake("row-1", number: "7", task: "t0")]
        )
        let plan = Self.plan(.fake("t1", number: "7"), .fake("t2", number: "7"), .fake("t3", number: "7"), in: state)
        #expect(plan.writes.givenTasks.map(\.task) == [TaskID("t1")])
        #expect(plan.writes.attempts.map(\.task) == [TaskID("t2")])
        #expect(plan.writes.students.map(\.task) == [TaskID("t3")])
        #expect(plan.writes.tasks.map(\.attempt) == [1, 2, 1])
    }

    @Test("failed students of one number start again in the order of their row ids, each once")
    func retryOrder() {
        let state = RegistrationState(failed: [
            .fake("row-b", number: "7", task: "t1"), .fake("row-a", number: "7", task: "t2", attempt: 4),
        ])
        let plan = Self.plan(.fake("t3", number: "7"), .fake("t4", number: "7"), .fake("t5", number: "7"), in: state)
        #expect(plan.writes.attempts.map(\.student.rawValue) == ["row-a", "row-b"])
        #expect(plan.writes.tasks.map(\.attempt) == [5, 2, 1])
    }

    @Test("after a retry the batch still knows who holds the former task id")
    func formerTaskInBatch() {
        let state = RegistrationState(
            holders: [.fake("t1", "row-1", number: "7")],
            failed: [.fake("row-1", number: "7", task: "t1")]
        )
        let same = Self.plan(.fake("t2", number: "7"), .fake("t1", number: "7"), in: state)
        #expect(same.outcome == .registered(new: 1, unchanged: 1))
        let other = Self.plan(.fake("t2", number: "7"), .fake("t1", number: "8"), in: state)
        #expect(other.outcome == .taskTaken(TaskID("t1")!))
    }

    @Test("after a retry a former task id that another student bears too is the other's alone")
    func sharedFormerTask() {
        let state = RegistrationState(
            holders: [.fake("t1", "row-1", number: "7"), .fake("t1", "row-2", number: "8")],
            failed: [.fake("row-1", number: "7", task: "t1")]
        )
        let own = Self.plan(.fake("t2", number: "7"), .fake("t1", number: "7"), in: state)
        #expect(own.outcome == .taskTaken(TaskID("t1")!))
        let other = Self.plan(.fake("t2", number: "7"), .fake("t1", number: "8"), in: state)
        #expect(other.outcome == .registered(new: 1, unchanged: 1))
    }

    // MARK: One task id twice

    struct Start: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let state: RegistrationState
    }

    static let starts = [
        Start(testDescription: "a new student", state: RegistrationState()),
        Start(testDescription: "a waiting student", state: RegistrationState(waiting: [.fake("row-1", number: "7")])),
        Start(
            testDescription: "a failed student",
            state: RegistrationState(failed: [.fake("row-1", number: "7", task: "t0")])
        ),
    ]

    @Test("the same task id again in a batch is unchanged for the same student, taken for another", arguments: starts)
    func twice(_ start: Start) {
        let same = Self.plan(.fake("t1", number: "7"), .fake("t1", name: "A. Obi", number: "7"), in: start.state)
        #expect(same.outcome == .registered(new: 1, unchanged: 1))
        #expect(same.writes.tasks.count == 1)
        for number in ["8", nil] {
            let other = Self.plan(.fake("t1", number: "7"), .fake("t1", number: number), in: start.state)
            #expect(other.outcome == .taskTaken(TaskID("t1")!))
        }
    }

    @Test("the same task id again in a batch without a number is told by the name")
    func twiceByName() {
        let same = Self.plan(.fake("t1", number: nil), .fake("t1", number: nil))
        #expect(same.outcome == .registered(new: 1, unchanged: 1))
        let other = Self.plan(.fake("t1", number: nil), .fake("t1", name: "A. Obi", number: nil))
        #expect(other.outcome == .taskTaken(TaskID("t1")!))
    }

    // MARK: Keys

    @Test("a store looks for each task id and each numbered student once")
    func keys() {
        let keys = RegistrationKeys(of: [
            .fake("t2", number: "7"), .fake("t1", number: nil), .fake("t2", number: "7"), .fake("t3", number: "7"),
            .fake("t4", number: "7", session: "s2"),
        ])
        #expect(keys.tasks.map(\.rawValue) == ["t2", "t1", "t3", "t4"])
        #expect(
            keys.enrolments == [
                Enrolment(session: SessionID("s1")!, studentID: "7"), Enrolment(session: SessionID("s2")!, studentID: "7"),
            ]
        )
    }
}
