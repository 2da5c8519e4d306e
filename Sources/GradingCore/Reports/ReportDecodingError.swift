/// Why a body is no report.
package struct ReportDecodingError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Fit for the sender: what is wrong and, for JSON, at which byte; quotes nothing of the body.
    package let description: String

    init(_ description: String) {
        self.description = description
    }

    init(_ error: JSONError) {
        self.init(error.description)
    }
}
