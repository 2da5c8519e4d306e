import GradingCore
import Testing

@Suite("The four shapes of a report")
struct ReportShapeTests {
    private static let statusResult =
        #"{"status":"COMPLETED","results":{"1a":{"score":2,"max_score":4,"feedback":"Half.","page_source":1}, "#
        + #""1b":{"score":3.5,"max_score":4,"feedback":"Nearly."}},"unknown":[ 1 ]}"#
    private static let status =
        #"{"task_id":"t-1","status":"SUCCESS","result": \#(statusResult) ,"error":null,"#
        + #""progress":{"current_step":"done","message":"All pages"}}"#

    private func expectStatusReport(_ report: TaskReport) {
        #expect(report.task.rawValue == "t-1")
        #expect(report.word == "SUCCESS")
        #expect(report.meaning == .known(.completed))
        #expect(ReportFixtures.text(report.result) == Self.statusResult)
        #expect(report.result?.totalScore == 5.5)
        #expect(report.result?.maxScore == 8)
        #expect(report.result?.assessment == .graded)
        #expect(report.error == nil)
        #expect(report.attempt == nil)
        #expect(report.provenance == ReportFixtures.provenance)
    }

    @Test("status: the result is kept byte for byte and summed up")
    func statusShape() throws {
        expectStatusReport(try ReportFixtures.decode(Self.status))
    }

    @Test("envelope: the report is what stands in data")
    func envelope() throws {
        expectStatusReport(
            try ReportFixtures.decode(
                #"{"type":"grading.task.completed","timestamp":"2026-11-23T10:30:00Z","data":\#(Self.status)}"#
            )
        )
        expectStatusReport(
            try ReportFixtures.decode(#"{"data":\#(Self.status),"type":"PROCESSING","attempt":3,"error":"outside"}"#)
        )
    }

    @Test("a status beside data does not outweigh the one inside")
    func envelopeWithStatus() throws {
        expectStatusReport(try ReportFixtures.decode(#"{"status":"PENDING","data":\#(Self.status),"result":{}}"#))
    }

    @Test("data without a status does not hide the report around it")
    func otherData() throws {
        let report = try ReportFixtures.decode(#"{"task_id":"t-1","status":"STARTED","data":{"page":1},"attempt":2}"#)
        #expect(report.meaning == .known(.processing))
        #expect(report.attempt == 2)
        #expect(try ReportFixtures.report(#""status":"STARTED","data":null"#).meaning == .known(.processing))
    }

    @Test("scored: its own totals count, its feedback holds the parts")
    func scored() throws {
        let result =
            #"{"total_score":12,"max_score":20,"feedback":[{"question_id":"1","score":5,"max_score":10,"feedback":"ok","#
            + #""confidence":0.9,"keywords":["a"]},{"question_id":"2","score":6,"max_score":10,"feedback":"ok"}]}"#
        let report = try ReportFixtures.report(#""status":"COMPLETED","result":\#(result)"#)
        let expected = GradingResult(
            raw: Array(result.utf8),
            totalScore: 12,
            maxScore: 20,
            assessment: .graded,
            parts: [
                GradedPart(question: "1", score: 5, maximum: 10, feedback: "ok"),
                GradedPart(question: "2", score: 6, maximum: 10, feedback: "ok"),
            ]
        )
        #expect(report.result == expected)
    }

    @Test("progress event: a part's end does not end the task, and its details are no result")
    func progressEvent() throws {
        let report = try ReportDecoder().decode(
            Array(
                (#"{"status":"GRADING_PART_COMPLETE","timestamp":"2025-06-29T12:09:32.509703Z","message":"Part 2","#
                    + #""details":{"page_number":2,"part_id":"2","score":0,"feedback":"Nothing there."}}"#).utf8
            ),
            task: TaskID("t-9"),
            provenance: ReportFixtures.provenance
        )
        #expect(report.task.rawValue == "t-9")
        #expect(report.word == "GRADING_PART_COMPLETE")
        #expect(report.meaning == .known(.processing))
        #expect(report.result == nil)
        #expect(report.error == nil)
    }

    @Test("progress event at the end: details with results are the result")
    func lastProgressEvent() throws {
        let details = #"{"results":{"1":{"score":1,"max_score":2,"feedback":"x"}},"pages":3}"#
        let report = try ReportFixtures.report(#""status":"COMPLETED","message":"Done","details":\#(details)"#)
        #expect(ReportFixtures.text(report.result) == details)
        #expect(report.result?.totalScore == 1)
        #expect(report.error == nil)
        let compiled = try ReportFixtures.report(#""status":"FINAL_RESULTS_COMPILED","details":\#(details)"#)
        #expect(compiled.meaning == .known(.processing))
        #expect(compiled.result == nil)
    }

    @Test("details before the status are read the same")
    func order() throws {
        let details = #"{"results":{"1":{"feedback":"x","max_score":2,"score":1}}}"#
        let report = try ReportFixtures.decode(#"{"details":\#(details),"status":"READY","task_id":"t-1"}"#)
        #expect(ReportFixtures.text(report.result) == details)
    }

    @Test("of result and details, result counts; null is none")
    func resultWins() throws {
        let details = #"{"results":{"1":{"score":1}}}"#
        let both = try ReportFixtures.report(
            #""status":"COMPLETED","details":\#(details),"result":{"results":{"1":{"score":7}}}"#
        )
        #expect(both.result?.totalScore == 7)
        let null = try ReportFixtures.report(#""status":"COMPLETED","details":\#(details),"result":null"#)
        #expect(null.result?.totalScore == 1)
        #expect(try ReportFixtures.report(#""status":"COMPLETED","details":{"score":1}"#).result == nil)
    }

    @Test("only an ended task has a result", arguments: ["PENDING", "PROGRESS", "SOMETHING_NEW", ""])
    func openTasks(word: String) throws {
        let report = try ReportFixtures.report(#""status":"\#(word)","result":{"current":3,"total":9}"#)
        #expect(report.result == nil)
    }

    @Test("a failed task keeps its result")
    func failedWithResult() throws {
        let report = try ReportFixtures.report(#""status":"FAILURE","result":{"exc_type":"ValueError"},"error":"boom""#)
        #expect(report.meaning == .known(.failed))
        #expect(ReportFixtures.text(report.result) == #"{"exc_type":"ValueError"}"#)
        #expect(report.error == "boom")
    }
}
