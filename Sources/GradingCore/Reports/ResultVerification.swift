/// Whether the result that is stored for a task is one that can be shown as its grade.
package struct ResultVerification: Sendable, Equatable {
    /// What speaks against it, in a few words each; empty when nothing does.
    package let problems: [String]
    /// The result as it reads now; `nil` when none is stored, or none that can be read.
    package let result: GradingResult?

    package init(_ record: StudentRecord, decoder: ReportDecoder) {
        var problems: [String] = []
        if !record.task.status.hasResult { problems.append("the task has not ended with a result") }
        result = record.rawResult.flatMap { decoder.result(stored: Array($0.utf8), for: record.task.task) }
        if record.rawResult == nil {
            problems.append("no result is stored")
        } else if let result {
            if case .needsReview(let reason) = result.assessment { problems.append(reason) }
            if result.totalScore != record.totalScore || result.maxScore != record.maxScore {
                problems.append("the scores are not those of the result")
            }
        } else {
            problems.append("the stored result cannot be read")
        }
        self.problems = problems
    }
}

extension ReportDecoder {
    /// What a stored result amounts to, by the rules of the report that brought it; `nil` when it is none.
    fileprivate func result(stored raw: [UInt8], for task: TaskID) -> GradingResult? {
        let body = Array(#"{"status":"COMPLETED","result":"#.utf8) + raw + Array("}".utf8)
        let provenance = Provenance(source: .manual, observedAt: Timestamp(milliseconds: 0))
        return (try? decode(body, task: task, provenance: provenance))?.result
    }
}
