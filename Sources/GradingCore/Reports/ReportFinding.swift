/// What a report amounts to: its status after looking at the result, the result that belongs to it, and the error.
struct ReportFinding {
    let meaning: ReportedStatus
    /// `nil` unless the report means COMPLETED or FAILED.
    let result: ResultReading?
    let error: String?

    init(_ members: ReportMembers, status: String, vocabulary: StatusVocabulary) {
        let said =
            status.isEmpty
            ? Self.meaningOfSilence(members, vocabulary: vocabulary) : vocabulary.meaning(of: status)
        let result = members.result ?? (said == .known(.completed) ? members.details.flatMap { $0.hasResults ? $0 : nil } : nil)
        // Celery says SUCCESS for a run that ended in order, even when the run's own verdict is that it failed.
        let isDenied = said == .known(.completed) && Self.saysFailed(result, vocabulary: vocabulary)
        meaning = isDenied ? .known(.failed) : said
        switch meaning {
        case .known(.failed):
            self.result = result
            error = members.error ?? result?.error ?? result?.message ?? result?.text ?? members.message
        case .known(.completed):
            self.result = result
            error = members.error
        default:
            // Celery puts a progress event's data under `result` too: that is no result.
            self.result = nil
            error = members.error
        }
    }

    /// An empty status says nothing; what else the report holds decides.
    private static func meaningOfSilence(_ members: ReportMembers, vocabulary: StatusVocabulary) -> ReportedStatus {
        if saysFailed(members.result, vocabulary: vocabulary) { return .known(.failed) }
        if members.result?.assessment == .graded { return .known(.completed) }
        return .known(members.error == nil ? .pending : .failed)
    }

    private static func saysFailed(_ result: ResultReading?, vocabulary: StatusVocabulary) -> Bool {
        guard let status = result?.status else { return false }
        return vocabulary.meaning(of: status) == .known(.failed)
    }
}
