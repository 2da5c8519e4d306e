// STUB: replaced by the real implementation. Signatures are agreed.

package struct StatusVocabulary: Sendable {
    package static var standard: StatusVocabulary { fatalError() }
    /// The table extended (or overridden) by the operator: word -> PENDING, PROCESSING, COMPLETED or FAILED.
    package func extended(with words: [String: TaskStatus]) -> StatusVocabulary { fatalError() }
}
package struct ReportDecodingError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Fit for the sender: what is wrong and, for JSON, at which byte; quotes nothing of the body.
    package let description: String
}
package struct ReportDecoder: Sendable {
    package init(vocabulary: StatusVocabulary = .standard) { fatalError() }
    /// - Parameter task: the id from the path or of the task asked about; the body may repeat it, not contradict it.
    package func decode(_ body: [UInt8], task: TaskID?, provenance: Provenance) throws(ReportDecodingError) -> TaskReport { fatalError() }
}
extension TaskReport {
    /// The report as JSON in the shape "status" (2), for parking; ``ReportDecoder`` reads it back to an equal report.
    package func encoded() -> [UInt8] { fatalError() }
}
