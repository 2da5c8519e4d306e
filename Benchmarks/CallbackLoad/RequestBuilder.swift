import FoundationEssentials
import GradingCore
import NIOCore

/// Builds whole requests, head and body in one buffer, before the run: sending one costs the generator a single write.
struct RequestBuilder {
    let target: Target
    let signer: WebhookSigner
    let operatorSecret: String
    /// About how long a callback's body is.
    let bodyBytes: Int

    /// `POST /api/tasks` for up to 1,000 tasks.
    func registration(of tasks: ArraySlice<LoadTask>) -> ByteBuffer {
        let rows = tasks.map { task in
            #"{"taskId":"\#(task.id)","studentName":"Student \#(task.student)","session":{"id":"\#(task.session)"}}"#
        }
        return request(
            path: "/api/tasks",
            headers: [("authorization", "Bearer \(operatorSecret)")],
            body: Array("[\(rows.joined(separator: ","))]".utf8)
        )
    }

    /// A signed COMPLETED callback in the shape "status".
    func callback(for task: LoadTask, at now: Timestamp) -> ByteBuffer {
        let body = callbackBody(for: task)
        return request(path: target.path, headers: signer.headers(id: "msg_\(task.id)", at: now, body: body), body: body)
    }

    private func callbackBody(for task: LoadTask) -> [UInt8] {
        let opening = #"{"task_id":"\#(task.id)","status":"SUCCESS","result":{"status":"COMPLETED","results":{"#
        let ending = #"}},"error":null,"progress":null}"#
        let partCount = 5
        let frame = #""1":{"score":3.5,"max_score":5,"feedback":"","page_source":1},"#.utf8.count
        let room = bodyBytes - opening.utf8.count - ending.utf8.count
        let feedback = String(repeating: "Good use of the data. ", count: max(1, room / partCount / 22 + 1))
            .prefix(max(1, room / partCount - frame))
        let parts = (1...partCount).map { number in
            #""\#(number)":{"score":3.5,"max_score":5,"feedback":"\#(feedback)","page_source":\#(number)}"#
        }
        return Array((opening + parts.joined(separator: ",") + ending).utf8)
    }

    private func request(path: String, headers: [(name: String, value: String)], body: [UInt8]) -> ByteBuffer {
        var head = "POST \(path) HTTP/1.1\r\nhost: \(target.authority)\r\ncontent-type: application/json\r\n"
        for header in headers { head += "\(header.name): \(header.value)\r\n" }
        head += "content-length: \(body.count)\r\n\r\n"
        var buffer = ByteBuffer()
        buffer.reserveCapacity(head.utf8.count + body.count)
        buffer.writeString(head)
        buffer.writeBytes(body)
        return buffer
    }
}
