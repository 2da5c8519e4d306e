import GradingCore

extension JSONValue {
    /// A row of a session's log as the API shows it.
    init(_ log: SessionLog) {
        self = [
            "id": .string(log.id),
            "level": .string(log.level.rawValue),
            "message": .string(log.message),
            "context": JSONValue(log.context),
            "studentId": JSONValue(log.studentID),
            "metadata": .stored(log.metadata),
            "createdAt": .string(log.createdAt.iso8601),
        ]
    }

    /// A JSON column. It is another program's too: what is not JSON is shown as the text that it is.
    static func stored(_ text: String?) -> JSONValue {
        guard let text else { return .null }
        return (try? StrictJSON.validate(Array(text.utf8))) == nil ? .string(text) : .raw(text)
    }
}
