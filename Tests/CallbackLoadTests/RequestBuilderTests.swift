import Foundation
import GradingCore
import NIOCore
import Testing

@testable import callback_load

@Suite("Load requests")
struct RequestBuilderTests {
    private let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

    private func builder() throws -> RequestBuilder {
        RequestBuilder(
            target: try Target("http://127.0.0.1:3000"),
            signer: WebhookSigner(secret: try WebhookSecret(secret), scheme: .standard),
            operatorSecret: "operator",
            bodyBytes: 2_048
        )
    }

    private func parts(_ buffer: ByteBuffer) throws -> (head: [String], body: Data) {
        let bytes = Data(buffer.readableBytesView)
        let end = try #require(bytes.firstRange(of: Data("\r\n\r\n".utf8)))
        let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        return (head, Data(bytes[end.upperBound...]))
    }

    @Test("a callback is about as long as asked, says COMPLETED and passes the verifier")
    func callback() throws {
        let task = LoadTask.make(run: "r", sessions: 2, studentsPerSession: 2)[3]
        let now = Timestamp(milliseconds: 1_614_265_330_000)
        let (head, body) = try parts(try builder().callback(for: task, at: now))
        #expect(head[0] == "POST /api/webhooks/grading HTTP/1.1")
        #expect(head.contains("content-length: \(body.count)"))
        #expect((1_900...2_100).contains(body.count))

        let headers = SignatureHeaders(
            head.compactMap { line in
                line.firstRange(of: ": ").map { (String(line[..<$0.lowerBound]), String(line[$0.upperBound...])) }
            }
        )
        let verifier = SignatureVerifier(secrets: [try WebhookSecret(secret)])
        let verified = try verifier.verify(headers, body: Array(body), now: now)
        let report = try ReportDecoder().decode(
            verified.body,
            task: nil,
            provenance: Provenance(source: .callback, observedAt: now, delivery: verified.delivery)
        )
        #expect(report.task == task.id)
        #expect(report.meaning == .known(.completed))
        #expect(report.result?.assessment == .graded)
    }

    @Test("a registration names task, student and session of each")
    func registration() throws {
        let tasks = LoadTask.make(run: "r", sessions: 3, studentsPerSession: 2)
        let (head, body) = try parts(try builder().registration(of: tasks[...]))
        #expect(head.contains("authorization: Bearer operator"))
        let rows = try #require(try JSONSerialization.jsonObject(with: body) as? [[String: Any]])
        #expect(rows.map { $0["taskId"] as? String } == ["r-1-1", "r-2-1", "r-3-1", "r-1-2", "r-2-2", "r-3-2"])
        #expect(rows.map { ($0["session"] as? [String: String])?["id"] } == ["r-1", "r-2", "r-3", "r-1", "r-2", "r-3"])
    }

    @Test("a URL without a path means the webhook's own", arguments: ["http://h:1", "http://h:1/"])
    func ownPath(url: String) throws {
        #expect(try Target(url).path == "/api/webhooks/grading")
        #expect(try Target(url).authority == "h:1")
    }

    @Test("a URL that is not plain HTTP is refused", arguments: ["https://h", "h:1", "", "http://"])
    func refused(url: String) {
        #expect(throws: LoadError.self) { try Target(url) }
    }
}
