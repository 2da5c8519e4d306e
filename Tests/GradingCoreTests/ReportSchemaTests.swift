import GradingCore
import Testing

@Suite("What a report must have")
struct ReportSchemaTests {
    private func decode(_ json: String, path: String? = nil) throws(ReportDecodingError) -> TaskReport {
        try ReportDecoder().decode(Array(json.utf8), task: path.flatMap { TaskID($0) }, provenance: ReportFixtures.provenance)
    }

    private func refusal(_ json: String, path: String? = "t-1") -> String? {
        do {
            _ = try decode(json, path: path)
            return nil
        } catch {
            return error.description
        }
    }

    @Test("the task id comes from the path, the body, or both when they agree")
    func taskID() throws {
        #expect(try decode(#"{"status":"PENDING"}"#, path: "p").task.rawValue == "p")
        #expect(try decode(#"{"status":"PENDING","task_id":null}"#, path: "p").task.rawValue == "p")
        #expect(try decode(#"{"status":"PENDING","task_id":"b"}"#).task.rawValue == "b")
        #expect(try decode(#"{"status":"PENDING","task_id":"b"}"#, path: "b").task.rawValue == "b")
        #expect(try decode(#"{"task_id":"b","data":{"status":"PENDING"}}"#).task.rawValue == "b")
        #expect(try decode(#"{"task_id":"b","data":{"status":"PENDING","task_id":"b"}}"#).task.rawValue == "b")
    }

    @Test("task ids that differ are refused")
    func differingTaskIDs() {
        #expect(refusal(#"{"status":"PENDING","task_id":"b"}"#, path: "p") == "task id in the path and in the body differ")
        #expect(refusal(#"{"status":"PENDING","task_id":"P"}"#, path: "p") == "task id in the path and in the body differ")
        #expect(
            refusal(#"{"data":{"status":"PENDING","task_id":"b"}}"#, path: "p") == "task id in the path and in the body differ"
        )
        #expect(
            refusal(#"{"task_id":"a","data":{"status":"PENDING","task_id":"b"}}"#, path: nil) == "the task ids in the body differ"
        )
        #expect(refusal(#"{"status":"PENDING"}"#, path: nil)?.hasPrefix("no task id") == true)
    }

    @Test("a task id outside the grammar is refused", arguments: ["", ".", "..", "a/b", "a b", "\\u0000", "é", "..%2f"])
    func badTaskID(text: String) {
        #expect(refusal(#"{"status":"PENDING","task_id":"\#(text)"}"#)?.hasPrefix("task_id is not an id") == true)
    }

    @Test("a status must be there and be a string")
    func status() {
        #expect(refusal(#"{"task_id":"t-1"}"#) == "status is missing")
        #expect(refusal(#"{"data":{}}"#) == "status is missing")
        #expect(refusal(#"{"data":{"data":{"status":"SUCCESS"}}}"#) == "status is missing")
        for value in ["null", "1", "true", "[]", "{}"] {
            #expect(refusal(#"{"status":\#(value)}"#)?.hasPrefix("status must be a string") == true, "\(value)")
        }
    }

    @Test("the body must be an object", arguments: ["[]", "null", "1", #""SUCCESS""#, #"[{"status":"SUCCESS"}]"#])
    func notAnObject(body: String) {
        #expect(refusal(body) == "the body must be an object (byte 0)")
    }

    @Test(
        "a known member of a wrong type is refused, in the envelope too",
        arguments: [
            #""task_id":5"#, #""task_id":["t-1"]"#, #""attempt":"1""#, #""attempt":0"#, #""attempt":-1"#, #""attempt":1.0"#,
            #""attempt":1e0"#, #""attempt":2147483648"#, #""attempt":true"#, #""error":5"#, #""error":false"#, #""details":[]"#,
            #""details":"x""#,
        ]
    )
    func wrongTypes(member: String) {
        let name = member.dropFirst().prefix { $0 != "\"" }
        #expect(refusal(#"{"status":"SUCCESS",\#(member)}"#)?.hasPrefix("\(name) must be") == true)
        #expect(refusal(#"{"data":{"status":"SUCCESS",\#(member)}}"#)?.hasPrefix("\(name) must be") == true)
    }

    @Test("data must be an object", arguments: ["[]", "1", #""x""#])
    func data(value: String) {
        #expect(refusal(#"{"status":"SUCCESS","data":\#(value)}"#)?.hasPrefix("data must be an object") == true)
    }

    @Test("attempt and unknown members")
    func attempt() throws {
        #expect(try ReportFixtures.report(#""status":"RETRY","attempt":3"#).attempt == 3)
        #expect(try ReportFixtures.report(#""status":"RETRY","attempt":2147483647"#).attempt == 2_147_483_647)
        #expect(try ReportFixtures.report(#""status":"RETRY","attempt":null"#).attempt == nil)
        #expect(try ReportFixtures.decode(#"{"data":{"task_id":"t","status":"RETRY","attempt":4}}"#).attempt == 4)
        #expect(try ReportFixtures.report(#""status":"RETRY","":0,"message":[1],"timestamp":5,"type":{}"#).attempt == nil)
    }

    @Test("known members under escaped names are known")
    func escapedNames() throws {
        #expect(try ReportFixtures.report(#""\u0073tatus":"GRADED""#).meaning == .known(.completed))
    }

    @Test("an error quotes nothing of the body")
    func quotesNothing() {
        for json in [#"{"status":"SECRET",}"#, #"{"SECRET":1,"SECRET":2}"#, #"{"status":"P","task_id":"SECRET/"}"#] {
            #expect(refusal(json)?.contains("SECRET") == false)
        }
        #expect(refusal(#"{"status":"P","status":"P"}"#) == "duplicate key at byte 14")
    }
}
