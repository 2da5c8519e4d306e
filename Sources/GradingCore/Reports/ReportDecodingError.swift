/// Why a body is no report.
package struct ReportDecodingError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What kind of fault it is, for the operator's ledger.
    package let reason: RefusalReason
    /// Fit for the sender: what is wrong and, for JSON, at which byte; quotes nothing of the body.
    package let description: String

    init(_ reason: RefusalReason, _ description: String) {
        self.reason = reason
        self.description = description
    }

    init(_ error: JSONError) {
        let reason: RefusalReason =
            switch error.reason {
            case .invalidUTF8: .notUTF8
            case .mismatch: .schema
            default: .malformedJSON
            }
        self.init(reason, error.description)
    }
}
