import GradingCore
import GradingServer
import Testing

@Suite("The grading server's URL")
struct GradingServerURLTests {
    private func fault(_ text: String) -> GradingServerURLError? {
        do throws(GradingServerURLError) {
            _ = try GradingServerURL(text)
            return nil
        } catch {
            return error
        }
    }

    @Test(
        "a base URL keeps its path, and a slash at its end makes no difference",
        arguments: [
            ("http://grader", "http://grader"), ("https://grader:8000/", "https://grader:8000"),
            ("HTTPS://grader/a/b//", "HTTPS://grader/a/b"), ("http://[::1]:8000/x", "http://[::1]:8000/x"),
        ]
    )
    func base(text: String, base: String) throws {
        let task = try #require(TaskID("4b8ab882-49f1-4090-9be4-994c965316fb"))
        #expect(try GradingServerURL(text).status(of: task) == "\(base)/api/grade/status/4b8ab882-49f1-4090-9be4-994c965316fb/")
    }

    @Test(
        "what is no http URL with a host is refused",
        arguments: [
            ("", .scheme), ("grader:8000", .scheme), ("//grader", .scheme), ("ftp://grader", .scheme),
            ("file:///etc/passwd", .scheme),
            ("http+unix://grader", .scheme), ("http://", .host), ("http:///path", .host), ("http://grader:0", .host),
            ("http://grader:65536", .host), ("http://gra der", .malformed), ("http://grader/\u{E9}", .malformed),
            ("http://grader\n", .malformed), ("http://grader?", .queryOrFragment), ("http://grader/?a=b", .queryOrFragment),
            ("http://grader/#top", .queryOrFragment), ("http://user@grader", .userInfo),
            ("http://user:hunter2@grader", .userInfo),
            ("http://:hunter2@grader", .userInfo), ("http://@grader", .userInfo),
        ] as [(String, GradingServerURLError)]
    )
    func refused(text: String, expected: GradingServerURLError) {
        #expect(fault(text) == expected)
        #expect(fault(text)?.description.contains("hunter2") == false)
    }

    @Test("a path segment stays one segment")
    func percentEncoding() {
        #expect(GradingServerURL.percentEncoded("a.b_c-1~Z9") == "a.b_c-1~Z9")
        #expect(GradingServerURL.percentEncoded("a/b?c#d%e é\n") == "a%2Fb%3Fc%23d%25e%20%C3%A9%0A")
    }
}
