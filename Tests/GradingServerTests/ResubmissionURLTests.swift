import GradingCore
import GradingServer
import Testing

@Suite("The address of a resubmission")
struct ResubmissionURLTests {
    static let resubmission = Resubmission(
        task: TaskID("a.b_c-1")!,
        student: StudentRowID("row/1 é"),
        session: SessionID(stored: "s 1"),
        attempt: 2
    )

    private func url(_ template: String) throws -> String {
        let base = try GradingServerURL("http://grader:8000/base/")
        return try ResubmissionURL(template: template, base: base).url(for: Self.resubmission)
    }

    @Test("is a path behind the grading server's, or a URL of its own, its places filled in percent-encoded")
    func places() throws {
        #expect(try url("/api/retry/{taskId}/") == "http://grader:8000/base/api/retry/a.b_c-1/")
        #expect(
            try url("https://queue.example/{sessionId}/{studentId}?attempt={attempt}&of={taskId}")
                == "https://queue.example/s%201/row%2F1%20%C3%A9?attempt=2&of=a.b_c-1"
        )
    }

    @Test(
        "is refused when it leads nowhere, or would be the same for every task",
        arguments: [
            ("retry/{taskId}", ResubmissionURLError.malformed), ("ftp://grader/{taskId}", .malformed),
            ("/a b/{taskId}", .malformed), ("/{taskId}#top", .malformed), ("http://{taskId}@grader/", .userInfo),
            ("/{task}", .unknownPlace), ("/{taskId", .unknownPlace), ("/taskId}/{taskId}", .unknownPlace), ("/retry", .noPlace),
            ("/{sessionId}/{attempt}", .noPlace),
        ]
    )
    func refusals(template: String, error: ResubmissionURLError) {
        #expect(throws: error) { try url(template) }
    }
}
