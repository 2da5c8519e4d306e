extension TaskReport {
    /// The report as JSON in the shape "status", for parking; ``ReportDecoder`` with the same vocabulary, task and
    /// provenance reads it back to an equal report.
    ///
    /// It says the word, not the meaning: what was found by looking at the result is found again.
    package func encoded() -> [UInt8] {
        var json: [UInt8] = []
        json.reserveCapacity(cost + word.utf8.count)
        json.append(contentsOf: #"{"task_id":"#.utf8)
        JSONText.append(task.rawValue, to: &json)
        json.append(contentsOf: #","status":"#.utf8)
        JSONText.append(word, to: &json)
        json.append(contentsOf: #","result":"#.utf8)
        json.append(contentsOf: result?.raw ?? Array("null".utf8))
        json.append(contentsOf: #","error":"#.utf8)
        if let error { JSONText.append(error, to: &json) } else { json.append(contentsOf: "null".utf8) }
        if let attempt { json.append(contentsOf: #","attempt":\#(attempt)"#.utf8) }
        json.append(UInt8(ascii: "}"))
        return json
    }
}
