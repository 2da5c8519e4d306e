import GradingCore

/// What the grading server says of a task from some moment on.
struct ServerPhase: Sendable {
    let at: Duration
    let word: String
    /// JSON.
    var result: String?
    var error: String?

    var isEnd: Bool { word == "SUCCESS" || word == "FAILURE" }
}

/// One task at the grading server, with all that becomes of it: the truth that the monitor has to find out.
struct ServerTask: Sendable {
    let id: TaskID
    let session: SessionID
    let studentID: String
    /// From 1: how often it was begun.
    private(set) var run = 1
    /// Of the present run, in the order of time.
    private(set) var phases: [ServerPhase]
    /// From then on it knows nothing of the task: 404, or PENDING.
    let forgottenAt: Duration?
    let forgetsAsPending: Bool
    /// The words of all endings so far, of all runs, and those that are to come.
    private(set) var endings: [ServerPhase]
    /// Endings that contradict the task's own.
    var contradictions: [ServerPhase] = []
    /// Made when a failed one was submitted again: the monitor may never have heard of it.
    let isResubmission: Bool

    init(
        _ id: TaskID,
        in session: SessionID,
        studentID: String,
        phases: [ServerPhase],
        forgottenAt: Duration?,
        forgetsAsPending: Bool,
        isResubmission: Bool
    ) {
        self.id = id
        self.session = session
        self.studentID = studentID
        self.phases = phases
        self.forgottenAt = forgottenAt
        self.forgetsAsPending = forgetsAsPending
        self.isResubmission = isResubmission
        endings = phases.filter(\.isEnd)
    }

    mutating func beginAgain(_ phases: [ServerPhase]) {
        run += 1
        self.phases = phases
        endings += phases.filter(\.isEnd)
    }

    func isForgotten(at now: Duration) -> Bool { forgottenAt.map { $0 <= now } ?? false }

    /// `nil` before it has heard of the task.
    func phase(at now: Duration) -> ServerPhase? { phases.last { $0.at <= now } }

    /// The body of a report.
    func body(_ phase: ServerPhase, run: Int?) -> [UInt8] {
        let result = phase.result ?? "null"
        let error = phase.error.map { "\"\($0)\"" } ?? "null"
        let attempt = run.map { #","attempt":\#($0)"# } ?? ""
        return Array(#"{"task_id":"\#(id)","status":"\#(phase.word)","result":\#(result),"error":\#(error)\#(attempt)}"#.utf8)
    }
}

extension ServerPhase {
    /// A course of a run that begins now.
    static func course(_ scenario: Scenario, from start: Duration, _ random: inout SeededGenerator) -> [ServerPhase] {
        var at = start
        func after(_ range: ClosedRange<Int>, _ random: inout SeededGenerator) -> Duration {
            at += .milliseconds(random.number(range.lowerBound * 1_000...range.upperBound * 1_000))
            return at
        }
        var phases = [ServerPhase(at: start, word: "PENDING")]
        for _ in 0..<random.number(0...3) { phases.append(ServerPhase(at: after(1...90, &random), word: "PROGRESS")) }
        if random.happens(scenario.server.failures) {
            phases.append(ServerPhase(at: after(1...200, &random), word: "FAILURE", error: "no guide"))
            guard random.happens(scenario.server.secondThoughts) else { return phases }
        }
        phases.append(.success(at: after(1...200, &random), scenario, &random))
        return phases
    }

    static func success(at: Duration, _ scenario: Scenario, _ random: inout SeededGenerator) -> ServerPhase {
        let isDisguised = random.happens(scenario.server.disguisedFailures)
        let score = random.number(0...1_000_000)
        let results = isDisguised ? "{}" : #"{"1a":{"score":\#(score),"max_score":1000000,"feedback":"fair","page_source":1}}"#
        return ServerPhase(at: at, word: "SUCCESS", result: #"{"status":"COMPLETED","results":\#(results)}"#)
    }
}
