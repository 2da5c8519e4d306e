import GradingCore

/// The body of a POST to a session's log.
struct NewLogBody: Decodable, Sendable {
    private let level: LogLevel
    private let message: String
    private let context: String?
    private let studentID: String?

    private enum Key: String, CodingKey {
        case level, message, context, studentId
    }

    init(from decoder: any Decoder) throws {
        let body = try decoder.container(keyedBy: Key.self)
        guard let level = LogLevel(rawValue: try body.decode(String.self, forKey: .level)) else {
            throw body.broken(.level, "is not one of \(LogLevel.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        self.level = level
        message = try body.text(.message, characters: 1...10_000)
        context = try body.optionalText(.context, characters: 1...100)
        studentID = try body.optionalText(.studentId, characters: 1...300)
    }

    /// - Parameter metadata: the body's member of that name, whatever its shape, as JSON text.
    func entry(for session: SessionID, metadata: String?) -> NewSessionLog {
        NewSessionLog(
            session: session,
            level: level,
            message: message,
            context: context,
            studentID: studentID,
            metadata: metadata
        )
    }
}
