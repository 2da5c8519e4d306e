import Testing

@testable import grading_monitor

@Suite("The report of a drill")
struct DrillReportTests {
    private static let results = [
        Drill.Result(name: "lost callbacks", isPassed: true, recovery: .milliseconds(2_300), detail: "20 of 20"),
        Drill.Result(name: "database down", isPassed: false, recovery: nil, detail: "no answer"),
    ]

    @Test("says in one line each what came right, and how soon")
    func text() {
        let lines = DrillReport(Self.results).text.split(separator: "\n")
        #expect(
            lines == [
                "pass  lost callbacks: right after 2.3 s; 20 of 20", "FAIL  database down: not right in time; no answer",
            ]
        )
    }

    @Test("is one line of JSON, and passed only when every exercise has")
    func json() throws {
        let line = try DrillReport(Self.results).jsonLine()
        #expect(
            line.hasPrefix(#"{"exercises":[{"detail":"20 of 20","name":"lost callbacks","passed":true,"recoverySeconds":2.3}"#)
        )
        #expect(line.hasSuffix(#""passed":false}"#))
        #expect(DrillReport([Self.results[0]]).passed)
    }
}
