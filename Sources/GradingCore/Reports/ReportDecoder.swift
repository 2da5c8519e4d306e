/// Reads every shape in which the grading server reports, from callbacks and from its status endpoint alike.
package struct ReportDecoder: Sendable {
    private let vocabulary: StatusVocabulary

    package init(vocabulary: StatusVocabulary = .standard) {
        self.vocabulary = vocabulary
    }

    /// Reads one report: an envelope around it, a status, a scored result or a progress event.
    /// - Parameters:
    ///   - body: JSON as ``JSONScanner`` takes it.
    ///   - task: the id from the path or of the task asked about; the body may repeat it, not contradict it.
    ///   - provenance: how and when the body came; kept as it is.
    package func decode(_ body: [UInt8], task: TaskID?, provenance: Provenance) throws(ReportDecodingError) -> TaskReport {
        let read: ReportBody
        do {
            read = try ReportBody(body)
        } catch {
            throw ReportDecodingError(error)
        }
        let task = try agreedTask(path: task, body: read.tasks)
        guard let status = read.report.status else { throw ReportDecodingError(.schema, "status is missing") }
        let finding = ReportFinding(read.report, status: status, vocabulary: vocabulary)
        return TaskReport(
            task: task,
            word: StatusWord.legible(status),
            meaning: finding.meaning,
            result: finding.result?.gradingResult(in: body),
            error: finding.error,
            attempt: read.report.attempt,
            provenance: provenance
        )
    }

    private func agreedTask(path: TaskID?, body: [String]) throws(ReportDecodingError) -> TaskID {
        var agreed = path
        for text in body {
            guard let task = TaskID(text) else {
                throw ReportDecodingError(.badTaskID, "task_id is not an id: 1 to 128 of A-Z, a-z, 0-9, '.', '_' and '-'")
            }
            if let agreed, agreed != task {
                let place = path == nil ? "the task ids in the body differ" : "task id in the path and in the body differ"
                throw ReportDecodingError(.taskMismatch, place)
            }
            agreed = task
        }
        guard let agreed else { throw ReportDecodingError(.schema, "no task id, neither in the path nor in the body") }
        return agreed
    }
}
