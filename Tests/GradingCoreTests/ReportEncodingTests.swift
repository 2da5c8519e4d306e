import GradingCore
import Testing

@Suite("A report written for parking")
struct ReportEncodingTests {
    private static let words = [
        "", " ", "PENDING", "STARTED", "PAGE_ANALYSIS_ERROR", "SUCCESS", "Completed", "FAILURE", "NEWS", "SUC\\u0000CESS",
        "\\u0001",
        "REVO\\u212AED", "é\\\"\\\\", String(repeating: "W", count: 64), String(repeating: "W", count: 65) + "\\n",
        String(repeating: "🎓", count: 70),
    ]
    private static let results = [
        nil, "null", "{}", "[ ]", #""Traceback\n\u0000""#, "5", "false", #"{"results":{"1":{"score":1.5,"max_score":2}}}"#,
        #"{ "results" : { "1" : { "score" : 0, "feedback" : "Grader error" } } }"#, #"{"status":"FAILED","error":"inner"}"#,
        #"{"status":"FAILED","results":{"é":{"score":1e2}},"message":"why\u0000"}"#, #"{"total_score":3,"status":"COMPLETED"}"#,
    ]
    private static let errors = [
        nil, "null", #""""#, #"" ""#, #""boom \"\\\n\u0001\u0000 é🎓""#, #"{ "code" : [1, " "] }"#,
        "\"" + String(repeating: "e\u{301}", count: 1_500) + "\"",
    ]
    private static let details = [nil, "{}", #"{"results":{"1":{"score":4}},"page":1}"#, #"{"status":"ERROR","results":{}}"#]

    @Test("reads back equal, whatever it was", arguments: words)
    func roundTrip(word: String) throws {
        for result in Self.results {
            for error in Self.errors {
                for details in Self.details {
                    let members = [
                        #""task_id":"t-1""#, #""status":"\#(word)""#, #""message":"a message""#,
                        result.map { #""result":\#($0)"# },
                        error.map { #""error":\#($0)"# }, details.map { #""details":\#($0)"# },
                        details == nil ? nil : #""attempt":7"#,
                    ]
                    try expectRoundTrip("{\(members.compactMap(\.self).joined(separator: ","))}")
                }
            }
        }
    }

    private func expectRoundTrip(_ json: String) throws {
        let report = try ReportFixtures.decode(json)
        let encoded = report.encoded()
        let again = try ReportDecoder().decode(encoded, task: report.task, provenance: report.provenance)
        #expect(again == report, "\(json)")
        #expect(again.encoded() == encoded, "\(json)")
    }

    @Test("the words and results of the test meet every meaning")
    func coverage() throws {
        var meanings: Set<ReportedStatus> = []
        for word in Self.words {
            meanings.insert(try ReportFixtures.report(#""status":"\#(word)""#).meaning)
        }
        #expect(meanings == [.unknown, .known(.pending), .known(.processing), .known(.completed), .known(.failed)])
    }

    @Test("is the shape that the grading server itself uses")
    func shape() throws {
        let report = try ReportFixtures.decode(
            #"{"data":{"task_id":"t-1","status":"SUCCESS","result":{"results":{ }},"error":"a\"b","attempt":2}}"#
        )
        #expect(
            String(decoding: report.encoded(), as: UTF8.self)
                == #"{"task_id":"t-1","status":"SUCCESS","result":{"results":{ }},"error":"a\"b","attempt":2}"#
        )
        let bare = try ReportFixtures.report(#""status":"PENDING""#)
        #expect(
            String(decoding: bare.encoded(), as: UTF8.self) == #"{"task_id":"t-1","status":"PENDING","result":null,"error":null}"#
        )
    }
}
