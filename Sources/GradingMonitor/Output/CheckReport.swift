import GradingCore

/// The answer of `check`, in the shape of `GET /api/tasks/{taskId}/check`.
struct CheckReport: JSONReport {
    struct Result: Encodable {
        let taskId: String
        /// Left out when there is no such task.
        let status: String?
        let updated: Bool
        /// Left out when all went well.
        let error: String?
        /// Why nothing was asked; left out when it was.
        let note: String?
    }

    let message = "Task status checked"
    let timestamp: String
    let result: Result

    init(_ task: TaskID, _ outcome: CheckOutcome, at time: Timestamp) {
        timestamp = time.iso8601
        result =
            switch outcome {
            case .checked(let status, let updated): Self.result(task, status, updated: updated)
            case .failed(let status, let reason, _): Self.result(task, status, error: reason)
            case .settled(let status): Self.result(task, status, note: "already settled, not asked again")
            case .leasedElsewhere(let status): Self.result(task, status, note: "another check is under way")
            case .noSuchTask: Self.result(task, nil, error: "no such task")
            }
    }

    private static func result(
        _ task: TaskID,
        _ status: TaskStatus?,
        updated: Bool = false,
        error: String? = nil,
        note: String? = nil
    ) -> Result {
        Result(taskId: task.rawValue, status: status?.rawValue, updated: updated, error: error, note: note)
    }

    private enum CodingKeys: CodingKey {
        case message, timestamp, result
    }

    var text: String {
        let status = result.status.map { result.updated ? "\($0) (updated)" : $0 }
        let parts = [status, result.error ?? result.note].compactMap(\.self)
        return LogText.escaped("\(result.taskId): \(parts.joined(separator: ", "))")
    }
}
