/// The grading server: asked about one task, and where it takes that, asked to grade one again.
package protocol GradingServerClient: Sendable {
    /// The body of the grading server's answer about the task, at most 4 MiB; decoding it is the caller's.
    func fetchStatus(of task: TaskID) async throws(GradingServerError) -> [UInt8]

    /// Whether ``resubmit(_:)`` leads anywhere.
    var takesResubmissions: Bool { get }

    /// Asks it to grade a failed task again. The body of its answer, which names the new attempt's task id.
    func resubmit(_ resubmission: Resubmission) async throws(GradingServerError) -> [UInt8]
}

/// A grading server that is only asked.
extension GradingServerClient {
    package var takesResubmissions: Bool { false }

    package func resubmit(_ resubmission: Resubmission) async throws(GradingServerError) -> [UInt8] {
        throw .connection("it takes no resubmissions")
    }
}

/// Why an answer could not be had. The description goes into the session log: it names no URL and no header.
package enum GradingServerError: Error, Sendable, Equatable, CustomStringConvertible {
    /// No answer within the time allowed.
    case timeout
    /// No connection, or it broke.
    case connection(String)
    /// An answer other than 2xx; a redirect is never followed.
    case status(Int)
    /// 429 or 503 with a `Retry-After`: the server wants to be left alone for so long, 1 s to ``maximumQuiet``.
    case busy(status: Int, quiet: Duration)
    /// More bytes than the limit.
    case tooLarge(limit: Int)
    /// The caller was cancelled.
    case cancelled

    /// Whether it says more about the grading server than about the task: it is down, or has too much to do.
    package var isOutage: Bool {
        switch self {
        case .timeout, .connection, .busy, .status(429), .status(500...599): true
        case .status, .tooLarge, .cancelled: false
        }
    }

    /// The longest that a `Retry-After` is obeyed for: a server that names a day, or a far date, is asked again before.
    package static let maximumQuiet = Duration.seconds(900)

    package var description: String {
        switch self {
        case .timeout: "the grading server did not answer in time"
        case .connection(let reason): "the grading server could not be reached: \(reason)"
        case .status(404): "the grading server does not know the task (404)"
        case .status(let code) where (300..<400).contains(code):
            "the grading server answered with a redirect (\(code)), which is not followed"
        case .status(let code): "the grading server answered \(code)"
        case .busy(let code, let quiet):
            "the grading server answered \(code) and asks for \(quiet.components.seconds) s of quiet"
        case .tooLarge(let limit): "the grading server's answer is larger than \(limit) bytes"
        case .cancelled: "the check was cancelled"
        }
    }
}
