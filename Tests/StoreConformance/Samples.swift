package import GradingCore

extension Timestamp {
    /// The moment at which every check begins: 2026-11-23T10:30:00.000Z.
    package static let start = Timestamp(milliseconds: 1_795_429_800_000)
}

extension TaskID {
    static let t1 = TaskID("task-1")!
    static let t2 = TaskID("task-2")!
    static let t3 = TaskID("task-3")!
    static let t4 = TaskID("task-4")!
}

extension SessionID {
    static let s1 = SessionID("session-1")!
}

extension Timestamp {
    func after(_ seconds: Int) -> Timestamp { advanced(by: .seconds(seconds)) }
}

extension TaskRegistration {
    static func sample(
        _ task: TaskID,
        name: String = "Ada Obi",
        studentID: String? = nil,
        session: SessionID = .s1,
        priority: Int? = nil
    ) -> TaskRegistration {
        TaskRegistration(
            task: task,
            studentName: name,
            studentID: studentID,
            priority: priority,
            session: SessionRegistration(id: session, title: nil, subject: nil, examYear: nil, numStudents: nil)
        )
    }
}

extension GradingResult {
    static func graded(_ score: Double, of maximum: Double = 20) -> GradingResult {
        GradingResult(
            raw: Array(json(score, maximum).utf8),
            totalScore: score,
            maxScore: maximum,
            assessment: .graded,
            parts: [GradedPart(question: "1", score: score, feedback: "ọ̀")]
        )
    }

    static func json(_ score: Double, _ maximum: Double) -> String {
        #"{"total_score":\#(score), "max_score":\#(maximum),"feedback":[{"question_id":"1","score":\#(score),"feedback":"ọ̀"}]}"#
    }

    static let failureInDisguise = GradingResult(
        raw: Array(#"{"results":{}}"#.utf8),
        totalScore: nil,
        maxScore: nil,
        assessment: .needsReview("the result is empty")
    )
}

extension TaskReport {
    static func callback(
        _ task: TaskID,
        _ status: TaskStatus,
        result: GradingResult? = nil,
        error: String? = nil,
        attempt: Int? = nil,
        id: String,
        hash: UInt8 = 1,
        at: Timestamp = .start
    ) -> TaskReport {
        TaskReport(
            task: task,
            word: status.rawValue,
            meaning: .known(status),
            result: result,
            error: error,
            attempt: attempt,
            provenance: Provenance(
                source: .callback,
                observedAt: at,
                delivery: Delivery(id: id, bodyHash: Array(repeating: hash, count: 32), keyID: "k-test")
            )
        )
    }

    static func answer(
        _ task: TaskID,
        _ status: TaskStatus,
        result: GradingResult? = nil,
        askedAt: Timestamp,
        source: ReportSource = .sweep
    ) -> TaskReport {
        TaskReport(
            task: task,
            word: status.rawValue,
            meaning: .known(status),
            result: result,
            provenance: Provenance(source: source, observedAt: askedAt)
        )
    }
}

extension Store {
    func recordAnsweredCheck(_ answer: CheckAnswer, at now: Timestamp) async throws(StoreError) {
        try await recordAnsweredChecks([answer], at: now)
    }
}

extension StoreHarness {
    /// Registers tasks of one session, each for a student of its own.
    func register(_ tasks: TaskID...) async throws {
        _ = try await store.register(tasks.map { .sample($0, name: "Student of \($0)") }, at: .start)
    }

    func apply(_ reports: TaskReport..., at now: Timestamp = .start) async throws -> [ReportOutcome] {
        try await store.apply(reports, at: now)
    }

    func status(of task: TaskID) async throws -> TaskStatus? {
        try await store.task(task)?.status
    }

    func student(of task: TaskID) async throws -> StoredStudent? {
        guard let snapshot = try await store.task(task) else { return nil }
        return try await student(snapshot.student)
    }

    /// Changes the status of the student who bears a task, as the web app does.
    func webAppSets(_ task: TaskID, to status: TaskStatus, at now: Timestamp) async throws {
        guard let snapshot = try await store.task(task) else { return }
        try await setStatus(of: snapshot.student, to: status, at: now)
    }

    func logs() async throws -> [SessionLog] {
        try await store.logs(of: .s1, limit: 1_000, before: nil) ?? []
    }
}
