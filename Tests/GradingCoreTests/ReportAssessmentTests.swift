import GradingCore
import Testing

@Suite("Two kinds of done")
struct ReportAssessmentTests {
    private func result(_ json: String) throws -> GradingResult {
        try #require(try ReportFixtures.completed(json).result)
    }

    private func needsReview(_ json: String) throws -> Bool {
        if case .needsReview(let reason) = try result(json).assessment { return !reason.isEmpty }
        return false
    }

    @Test("a completed report without a result has none")
    func noResult() throws {
        #expect(try ReportFixtures.completed("null").result == nil)
        #expect(try ReportFixtures.report(#""status":"SUCCESS""#).result == nil)
    }

    @Test(
        "a result without a gradable part needs review",
        arguments: [
            "{}", "[]", "\"\"", #""done""#, "5", "true", #"{"results":{}}"#, #"{"results":[]}"#, #"{"results":null}"#,
            #"{"results":"x"}"#,
            #"{"status":"COMPLETED"}"#, #"{"total_score":0,"max_score":20,"feedback":[]}"#, #"{"total_score":12,"max_score":20}"#,
            #"{"results":{"1":{}}}"#, #"{"results":{"1":{"score":null}}}"#, #"{"results":{"1":{"score":"2"}}}"#,
            #"{"results":{"1":5}}"#,
            #"{"results":{"1":{"feedback":"Good."}}}"#, #"[{"score":1}]"#,
        ]
    )
    func nothingGradable(json: String) throws {
        #expect(try needsReview(json))
        #expect(ReportFixtures.text(try result(json)) == json)
    }

    @Test(
        "a result whose every part is an error needs review",
        arguments: [
            #"{"results":{"page_1_error":"Failed to analyze or parse: 429"}}"#,
            #"{"results":{"1":{"score":0,"max_score":4,"feedback":"Grader error"}}}"#,
            #"{"results":{"1":{"score":0.0,"feedback":"grader ERROR: timeout"},"page_2_error":"429"}}"#,
            #"{"results":{"1":{"feedback":"Grading guide for question 1.a not found.","score":0}}}"#,
            #"{"results":{"1":{"feedback":"Grading guide not found","score":-0}}}"#,
            #"{"results":{"1":{"feedback":"\u0047rader error","score":0}}}"#,
            #"{"total_score":0,"max_score":9,"feedback":[{"question_id":"1","score":0,"max_score":9,"feedback":"Grader error"}]}"#,
            #"{"results":{"1":{"score":null,"feedback":"Grader error"}}}"#,
        ]
    )
    func everyPartAnError(json: String) throws {
        #expect(try result(json).assessment == .needsReview("every part of the result is an error"))
    }

    @Test(
        "a real grade is a grade, a zero too",
        arguments: [
            #"{"results":{"1":{"score":0,"max_score":4,"feedback":"Nothing was answered."}}}"#, #"{"results":{"1":{"score":0}}}"#,
            #"{"results":{"1":{"score":0,"feedback":"Error in the second step; the sign was not found."}}}"#,
            #"{"results":{"1":{"score":0,"feedback":"Grader error"},"2":{"score":0,"feedback":"Blank."}}}"#,
            #"{"results":{"page_1_error":"429","2":{"score":1}}}"#,
            #"{"results":{"1":{"score":3,"feedback":"After a grader error: regraded."}}}"#,
            #"{"results":[{"score":1}]}"#, #"{"results":{},"feedback":[{"score":1}]}"#,
            #"{"results":{"page_1_error":"429"},"feedback":[{"score":1}]}"#,
        ]
    )
    func graded(json: String) throws {
        #expect(try result(json).assessment == .graded)
    }

    @Test("sums are over the gradable parts only")
    func sums() throws {
        let mixed = try result(
            #"{"results":{"1":{"score":2.5,"max_score":4},"2":{"score":0,"max_score":9,"feedback":"Grader error"},"#
                + #""3":{"score":"x","max_score":9},"4":{"score":1},"page_1_error":"429"}}"#
        )
        #expect(mixed.totalScore == 3.5)
        #expect(mixed.maxScore == 4)
        let none = try result(#"{"results":{"2":{"score":0,"max_score":9,"feedback":"Grader error"}}}"#)
        #expect(none.totalScore == nil)
        #expect(none.maxScore == nil)
    }

    @Test("the result's own totals count before any sum")
    func ownTotals() throws {
        let own = try result(#"{"total_score":9,"max_score":10,"results":{"1":{"score":2,"max_score":4}}}"#)
        #expect((own.totalScore, own.maxScore) == (9, 10))
        let text = try result(#"{"total_score":"9","max_score":null,"results":{"1":{"score":2,"max_score":4}}}"#)
        #expect((text.totalScore, text.maxScore) == (2, 4))
    }

    @Test("a sum beyond a double is none")
    func overflow() throws {
        let parts = #""1":{"score":1e308,"max_score":1e308},"2":{"score":1e308,"max_score":1e308}"#
        let huge = try result("{\"results\":{\(parts)}}")
        #expect(huge.totalScore == nil)
        #expect(huge.maxScore == nil)
    }
}
