import GradingCore
import Testing

@Suite("What a report does to a task")
struct TransitionTests {
    private static let now = Timestamp(milliseconds: 1_795_429_800_000)
    private static let graded = GradingResult(raw: Array("{}".utf8), totalScore: 1, maxScore: 2, assessment: .graded)

    private static func state(
        _ status: TaskStatus,
        reportedAttempt: Int? = nil,
        superseded: Bool = false,
        hash: [UInt8]? = [1]
    ) -> TaskState {
        TaskState(
            task: TaskID("t-1")!,
            student: StudentRowID("row"),
            session: SessionID("s")!,
            status: status,
            reportedAttempt: reportedAttempt,
            isSuperseded: superseded,
            resultHash: hash,
            lastSignalAt: now
        )
    }

    private static func report(
        _ meaning: ReportedStatus,
        attempt: Int? = nil,
        result: GradingResult? = graded,
        source: ReportSource = .callback,
        observedAt: Timestamp = now
    ) -> TaskReport {
        TaskReport(
            task: TaskID("t-1")!,
            word: "WORD",
            meaning: meaning,
            result: result,
            attempt: attempt,
            provenance: Provenance(source: source, observedAt: observedAt)
        )
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let from: TaskStatus
        let reported: TaskStatus
        let expected: Transition

        var testDescription: String { "\(from.rawValue) meets \(reported.rawValue)" }
    }

    /// Every status against everything that a machine may report.
    static let table: [Row] =
        [
            Row(from: .pending, reported: .pending, expected: .signal),
            Row(from: .pending, reported: .processing, expected: .move(to: .processing)),
            Row(from: .pending, reported: .completed, expected: .move(to: .completed)),
            Row(from: .pending, reported: .failed, expected: .move(to: .failed)),
            Row(from: .processing, reported: .pending, expected: .stale),
            Row(from: .processing, reported: .processing, expected: .signal),
            Row(from: .processing, reported: .completed, expected: .move(to: .completed)),
            Row(from: .processing, reported: .failed, expected: .move(to: .failed)),
            Row(from: .failed, reported: .pending, expected: .stale),
            Row(from: .failed, reported: .processing, expected: .stale),
            Row(from: .failed, reported: .completed, expected: .move(to: .completed)),
            Row(from: .failed, reported: .failed, expected: .duplicate),
        ]
        + [TaskStatus.completed, .requiresReview, .approved, .rejected].flatMap { settled in
            [
                Row(from: settled, reported: .pending, expected: .stale),
                Row(from: settled, reported: .processing, expected: .stale),
                Row(from: settled, reported: .completed, expected: .conflict),
                Row(from: settled, reported: .failed, expected: .conflict),
            ]
        }

    @Test("every status meets every report", arguments: table)
    func meets(_ row: Row) {
        #expect(Transition(Self.state(row.from), meeting: Self.report(.known(row.reported))) == row.expected)
    }

    @Test("a word that nobody knows is a sign of life and nothing else", arguments: TaskStatus.allCases)
    func unknownWord(_ status: TaskStatus) {
        #expect(Transition(Self.state(status), meeting: Self.report(.unknown)) == .signal)
    }

    @Test("an older attempt changes nothing, whatever it says", arguments: TaskStatus.allCases)
    func olderAttempt(_ status: TaskStatus) {
        let second = Self.state(status, reportedAttempt: 2)
        #expect(Transition(second, meeting: Self.report(.known(.failed), attempt: 1)) == .olderAttempt)
        #expect(Transition(Self.state(status, superseded: true), meeting: Self.report(.known(.completed))) == .olderAttempt)
        #expect(Transition(second, meeting: Self.report(.known(.completed), attempt: 2)) != .olderAttempt)
        #expect(Transition(second, meeting: Self.report(.known(.completed))) != .olderAttempt)
        #expect(Transition(Self.state(status), meeting: Self.report(.known(.completed), attempt: 1)) != .olderAttempt)
    }

    @Test("completed without a grade goes to a person")
    func needsReview() {
        let bare = Self.report(.known(.completed), result: nil)
        let empty = Self.report(
            .known(.completed),
            result: GradingResult(raw: [], totalScore: nil, maxScore: nil, assessment: .needsReview("empty"))
        )
        for status in [TaskStatus.pending, .processing, .failed] {
            #expect(Transition(Self.state(status), meeting: bare) == .move(to: .requiresReview))
            #expect(Transition(Self.state(status), meeting: empty) == .move(to: .requiresReview))
        }
    }

    @Test(
        "the answer to a question sent before the last signal does not touch an ending",
        arguments: [ReportSource.sweep, .manual]
    )
    func overtaken(_ source: ReportSource) {
        let before = Self.now.advanced(by: .milliseconds(-1))
        for status in [TaskStatus.failed, .completed, .requiresReview] {
            for reported in [TaskStatus.completed, .failed] {
                let old = Self.report(.known(reported), source: source, observedAt: before)
                #expect(Transition(Self.state(status), meeting: old) == .stale)
            }
        }
        let failure = Self.report(.known(.failed), source: source, observedAt: before)
        #expect(Transition(Self.state(.processing), meeting: failure) == .stale)
        let forward = Self.report(.known(.completed), source: source, observedAt: before)
        #expect(Transition(Self.state(.processing), meeting: forward) == .move(to: .completed))
    }

    @Test("a result that the web app stored itself stands, and repeating it is no conflict")
    func settledByTheWebApp() {
        for status in [TaskStatus.completed, .approved, .rejected] {
            let foreign = Self.state(status, hash: nil)
            #expect(Transition(foreign, meeting: Self.report(.known(.completed))) == .stale)
            #expect(Transition(foreign, meeting: Self.report(.known(.failed))) == .conflict)
        }
    }
}
