import GradingCore

/// A callback as a grading server would send it, ready to go out any number of times: a retry repeats the same bytes.
struct TestCallback: Sendable, Equatable {
    let headers: [String: String]
    let body: [UInt8]

    /// - Parameters:
    ///   - status: the grading server's word, as it is; a word that means COMPLETED brings a small result, one that means
    ///     FAILED an error.
    ///   - id: the delivery's id.
    init(task: TaskID, status: String, id: String, time: Timestamp, signer: WebhookSigner) {
        body = Array(Self.json(task: task, status: status, time: time).utf8)
        var headers = ["content-type": "application/json", "user-agent": "grading-monitor"]
        for header in signer.headers(id: id, at: time, body: body) { headers[header.name] = header.value }
        self.headers = headers
    }

    /// The envelope with a status in it: shapes 1 and 2 of the wire formats.
    private static func json(task: TaskID, status: String, time: Timestamp) -> String {
        let members = [
            "\"task_id\":\(LogText.json(task.rawValue))",
            "\"status\":\(LogText.json(status))",
            ending(status),
        ]
        return """
            {"type":"grading.task.status","timestamp":"\(time.iso8601)","data":{\(members.compactMap(\.self).joined(separator: ","))}}
            """
    }

    private static func ending(_ status: String) -> String? {
        let note = "Sent by grading-monitor send-test-callback"
        switch status.uppercased() {
        case "COMPLETED", "SUCCESS", "GRADED", "READY":
            return """
                "result":{"status":"COMPLETED","results":{"1":{"score":8,"max_score":10,"feedback":"\(note)","page_source":1}}}
                """
        case "FAILED", "FAILURE", "ERROR": return "\"error\":\"\(note)\""
        default: return nil
        }
    }
}
