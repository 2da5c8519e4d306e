import GradingCore
import Testing

@Suite("What a report's status means")
struct ReportStatusTests {
    private let graded = #"{"results":{"1":{"score":1,"max_score":2}}}"#

    @Test("an empty status is decided by what else there is")
    func silence() throws {
        #expect(try ReportFixtures.report(#""status":"""#).meaning == .known(.pending))
        #expect(try ReportFixtures.report(#""status":"","error":null,"result":null"#).meaning == .known(.pending))
        #expect(try ReportFixtures.report(#""status":"","error":"""#).meaning == .known(.pending))
        #expect(try ReportFixtures.report(#""status":"","result":{}"#).meaning == .known(.pending))
        #expect(try ReportFixtures.report(#""status":"","message":"hello""#).meaning == .known(.pending))
        #expect(try ReportFixtures.report(#""status":"","error":"boom""#).meaning == .known(.failed))
        #expect(try ReportFixtures.report(#""status":"","result":\#(graded)"#).meaning == .known(.completed))
        #expect(try ReportFixtures.report(#""status":"","error":"late","result":\#(graded)"#).meaning == .known(.completed))
        #expect(try ReportFixtures.report(#""status":"","result":{"status":"FAILED"}"#).meaning == .known(.failed))
    }

    @Test("an empty status with a grade has its result")
    func silenceWithResult() throws {
        let report = try ReportFixtures.report(#""status":"","result":\#(graded)"#)
        #expect(ReportFixtures.text(report.result) == graded)
        #expect(report.word == "")
    }

    @Test("SUCCESS of a run whose own verdict is a failure is FAILED")
    func innerVerdict() throws {
        let report = try ReportFixtures.completed(#"{"status":"FAILED","error":"No pages","results":{"1":{"score":1}}}"#)
        #expect(report.word == "SUCCESS")
        #expect(report.meaning == .known(.failed))
        #expect(report.error == "No pages")
        #expect(report.result?.totalScore == 1)
        #expect(try ReportFixtures.completed(#"{"status":"failure","message":"m"}"#).error == "m")
        #expect(try ReportFixtures.completed(#"{"status":"error","error":"e","message":"m"}"#).error == "e")
        #expect(
            try ReportFixtures.report(#""status":"SUCCESS","error":"o","result":{"status":"ERROR","error":"i"}"#).error == "o"
        )
        let details = try ReportFixtures.report(#""status":"COMPLETED","details":{"status":"FAILED","results":{}}"#)
        #expect(details.meaning == .known(.failed))
    }

    @Test("no other inner status weighs against the outer one", arguments: ["PENDING", "PROCESSING", "COMPLETED", "NEW", ""])
    func otherInnerStatus(word: String) throws {
        let report = try ReportFixtures.completed(#"{"status":"\#(word)","error":"e","results":{"1":{"score":1}}}"#)
        #expect(report.meaning == .known(.completed))
        #expect(report.error == nil)
        #expect(try ReportFixtures.completed(#"{"status":5,"results":{"1":{"score":1}}}"#).meaning == .known(.completed))
        #expect(try ReportFixtures.report(#""status":"STARTED","result":{"status":"FAILED"}"#).meaning == .known(.processing))
    }

    @Test("the error of a failed task is the first text that says why")
    func errorText() throws {
        #expect(try ReportFixtures.report(#""status":"FAILED","error":"e","message":"m""#).error == "e")
        #expect(try ReportFixtures.report(#""status":"FAILED","message":"m""#).error == "m")
        #expect(try ReportFixtures.report(#""status":"FAILURE","result":"ValueError('x')""#).error == "ValueError('x')")
        #expect(try ReportFixtures.report(#""status":"FAILURE","result":{"error":{"code": 4}}"#).error == #"{"code":4}"#)
        #expect(try ReportFixtures.report(#""status":"FAILURE""#).error == nil)
        #expect(try ReportFixtures.report(#""status":"SUCCESS","message":"m""#).error == nil)
        #expect(try ReportFixtures.report(#""status":"PAGE_ANALYSIS_ERROR","message":"m""#).error == nil)
    }

    @Test("an error may be an object or an array, kept as compact text")
    func structuredError() throws {
        #expect(
            try ReportFixtures.report(#""status":"FAILED","error": { "code" : 5, "a b": [ ] } "#).error == #"{"code":5,"a b":[]}"#
        )
        #expect(try ReportFixtures.report(#""status":"FAILED","error":["x", "y"]"#).error == #"["x","y"]"#)
        #expect(try ReportFixtures.report(#""status":"FAILED","error":{ }"#).error == nil)
    }

    @Test("an error text is cut to 2,000 characters; a blank one is none; U+0000 is replaced")
    func boundedError() throws {
        let long = String(repeating: "é", count: 2_001)
        #expect(try ReportFixtures.report(#""status":"FAILED","error":"\#(long)""#).error == String(long.dropLast()))
        #expect(try ReportFixtures.report(#""status":"FAILED","error":["\#(long)"]"#).error?.unicodeScalars.count == 2_000)
        #expect(try ReportFixtures.report(#""status":"FAILED","error":" \n""#).error == nil)
        #expect(try ReportFixtures.report(#""status":"FAILED","error":"a\u0000b""#).error == "a\u{FFFD}b")
    }

    @Test("a word that nobody knows is kept, fit for a log")
    func unknownWords() throws {
        let long = String(repeating: "W", count: 100)
        let cut = try ReportFixtures.report(#""status":"\#(long)""#)
        #expect(cut.meaning == .unknown)
        #expect(cut.word == String(repeating: "W", count: 63) + "…")
        let hidden = try ReportFixtures.report(#""status":"SUC\u0000\u001b\u202eCESS\n""#)
        #expect(hidden.meaning == .unknown)
        #expect(hidden.word == "SUC\u{FFFD}\u{FFFD}\u{FFFD}CESS\u{FFFD}")
        let blank = try ReportFixtures.report(#""status":"  ""#)
        #expect(blank.meaning == .unknown)
        #expect(blank.word == "  ")
    }

    @Test("the operator's words count, inside the result too")
    func vocabulary() throws {
        let vocabulary = StatusVocabulary.standard.extended(with: ["MARKED": .completed, "BROKEN": .failed])
        let report = try ReportFixtures.decode(#"{"task_id":"t","status":"marked","result":\#(graded)}"#, vocabulary: vocabulary)
        #expect(report.meaning == .known(.completed))
        #expect(report.result?.totalScore == 1)
        let broken = try ReportFixtures.decode(
            #"{"task_id":"t","status":"marked","result":{"status":"broken"}}"#,
            vocabulary: vocabulary
        )
        #expect(broken.meaning == .known(.failed))
    }
}
