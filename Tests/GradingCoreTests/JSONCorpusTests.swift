import GradingCore
import Testing
import TestSupport

@Suite("JSON corpus")
struct JSONCorpusTests {
    private let provenance = Provenance(source: .callback, observedAt: Timestamp(milliseconds: 1_750_000_000_000))

    @Test("a good callback is read whatever well-formed value stands in it", arguments: JSONCorpus.cases.filter(\.isWellFormed))
    func wellFormed(_ example: JSONCorpus.Case) throws {
        let report = try ReportDecoder().decode(example.callback(), task: nil, provenance: provenance)
        #expect(report.task.rawValue == "t-1")
        #expect(report.meaning == .known(.completed))
        #expect(report.result?.totalScore == 2)
    }

    @Test("a malformed value makes the whole callback malformed", arguments: JSONCorpus.cases.filter { !$0.isWellFormed })
    func malformed(_ example: JSONCorpus.Case) {
        #expect(throws: ReportDecodingError.self) {
            try ReportDecoder().decode(example.callback(), task: TaskID("t-1"), provenance: provenance)
        }
        #expect(throws: JSONError.self) {
            var scanner = try JSONScanner(example.callback())
            try scanner.skipValue()
            try scanner.finish()
        }
    }

    @Test("the scanner alone takes every well-formed text", arguments: JSONCorpus.cases.filter(\.isWellFormed))
    func wellFormedAlone(_ example: JSONCorpus.Case) throws {
        var scanner = try JSONScanner(example.bytes)
        try scanner.skipValue()
        try scanner.finish()
        #expect(scanner.index == example.bytes.count)
    }

    @Test("a callback cut short anywhere is malformed")
    func cutShort() throws {
        let text =
            #"{"task_id":"t-1","status":"SUCCESS","result":{"results":{"é":{"score":-1.5e1,"x":[true,null,"\uD834\uDD1E"]}}}}"#
        let body = Array(text.utf8)
        _ = try ReportDecoder().decode(body, task: nil, provenance: provenance)
        for length in 0..<body.count {
            #expect(throws: ReportDecodingError.self, "cut to \(length) bytes") {
                try ReportDecoder().decode(Array(body.prefix(length)), task: TaskID("t-1"), provenance: provenance)
            }
        }
    }

    @Test("the corpus has its size, both verdicts and unique names")
    func corpus() {
        #expect(JSONCorpus.cases.count >= 300)
        #expect(JSONCorpus.cases.count(where: \.isWellFormed) >= 100)
        #expect(Set(JSONCorpus.cases.map(\.name)).count == JSONCorpus.cases.count)
    }
}
