import Testing

@testable import GradingCore

@Suite("The parts of a result")
struct GradedPartTests {
    private static func parts(_ result: String) throws -> [GradedPart] {
        let body = #"{"task_id":"t1","status":"SUCCESS","result":\#(result)}"#
        let provenance = Provenance(source: .callback, observedAt: Timestamp(milliseconds: 0))
        let report = try ReportDecoder().decode(Array(body.utf8), task: nil, provenance: provenance)
        return report.result?.parts ?? []
    }

    @Test("a map names each part by its key")
    func map() throws {
        let parts = try Self.parts(
            #"""
            {"results":{"1a":{"score":2,"max_score":4,"feedback":"Ó \"dára\"","page_source":1},"1b":{"score":0.5},
                "2":{"feedback":"only words"},"3":{"max_score":4},"4":7}}
            """#
        )
        #expect(
            parts == [
                GradedPart(question: "1a", score: 2, maximum: 4, feedback: "Ó \"dára\""),
                GradedPart(question: "1b", score: 0.5), GradedPart(question: "2", feedback: "only words"),
            ]
        )
    }

    @Test("a list names each part by its question, a text or a number, or by its place")
    func list() throws {
        let parts = try Self.parts(
            #"""
            {"total_score":3,"feedback":[{"question_id":"1a","score":1,"max_score":2,"confidence":0.9},
                {"question_id":7,"score":1,"max_score":1,"feedback":""},{"score":1,"question_id":null}]}
            """#
        )
        #expect(
            parts == [
                GradedPart(question: "1a", score: 1, maximum: 2), GradedPart(question: "7", score: 1, maximum: 1),
                GradedPart(question: "3", score: 1),
            ]
        )
    }

    @Test("an error of the grader is no score, and its words are kept")
    func failures() throws {
        let parts = try Self.parts(
            #"""
            {"results":{"1":{"score":0,"max_score":4,"feedback":"Grader error: 429"},"page_2_error":"Failed to analyze",
                "page_3_error":"","2":{"score":1,"max_score":4,"feedback":"no Grader error"}}}
            """#
        )
        #expect(
            parts == [
                GradedPart(question: "1", feedback: "Grader error: 429"),
                GradedPart(question: "page_2_error", feedback: "Failed to analyze"),
                GradedPart(question: "2", score: 1, maximum: 4, feedback: "no Grader error"),
            ]
        )
    }

    @Test("parts that are called the same are told apart, and no name is too long or unfit for a database")
    func names() throws {
        let long = String(repeating: "ọ", count: 300)
        let parts = try Self.parts(
            #"""
            {"feedback":[{"question_id":"1","score":1},{"question_id":"1","score":2},{"question_id":"1 (2)","score":3},
                {"question_id":"a\u0000b","score":4},{"question_id":"\#(long)","score":5},{"question_id":"\#(long)","score":6}]}
            """#
        )
        let cut = String(repeating: "ọ", count: 300).unicodeScalars.prefix(200)
        #expect(parts.map(\.score) == [1, 2, 3, 4, 5, 6])
        #expect(
            parts.map(\.question) == [
                "1", "1 (2)", "1 (2) (2)", "a\u{FFFD}b", String(String.UnicodeScalarView(cut)),
                String(String.UnicodeScalarView(cut)) + " (2)",
            ]
        )
    }

    @Test("the parts are those that the total is counted from")
    func container() throws {
        let parts = try Self.parts(#"{"results":{},"feedback":[{"question_id":"1","score":1,"max_score":1}]}"#)
        #expect(parts.map(\.question) == ["1"])
        #expect(try Self.parts(#"{"results":"none"}"#).isEmpty)
        #expect(try Self.parts("[1,2]").isEmpty)
    }
}
