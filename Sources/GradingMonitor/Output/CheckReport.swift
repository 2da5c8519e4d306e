import GradingCore

/// The answer of `check`, in the shape of `GET /api/tasks/{taskId}/check`.
struct CheckReport: JSONReport {
    struct Result: Encodable {
        let taskId: String
        /// Left out when there is no such task.
        let status: String?
        let updated: Bool
        /// Who asked: `manual`, or the `sweep` whose question was joined; left out when nobody did.
        let askedBy: String?
        /// Who told us of the status; left out when it is not known.
        let learnedVia: String?
        /// How late we learned of an end that we had to ask about, at most.
        let secondsLate: Double?
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
            case .checked(let finding):
                Self.result(
                    task,
                    finding.status,
                    updated: finding.updated,
                    askedBy: finding.askedBy,
                    learned: finding.learned
                )
            case .failed(let status, let reason, _): Self.result(task, status, error: reason)
            case .settled(let status, let learned):
                Self.result(task, status, learned: learned, note: "already settled, not asked again")
            case .leasedElsewhere(let status): Self.result(task, status, note: "another check is under way")
            case .noSuchTask: Self.result(task, nil, error: "no such task")
            }
    }

    private static func result(
        _ task: TaskID,
        _ status: TaskStatus?,
        updated: Bool = false,
        askedBy: ReportSource? = nil,
        learned: Learned? = nil,
        error: String? = nil,
        note: String? = nil
    ) -> Result {
        Result(
            taskId: task.rawValue,
            status: status?.rawValue,
            updated: updated,
            askedBy: askedBy?.rawValue,
            learnedVia: learned?.via.rawValue,
            secondsLate: learned?.lateness?.inSeconds,
            error: error,
            note: note
        )
    }

    private enum CodingKeys: CodingKey {
        case message, timestamp, result
    }

    var text: String {
        let status = result.status.map { result.updated ? "\($0) (updated)" : $0 }
        let source = result.learnedVia.map { "learned from \($0 == "callback" ? "a callback" : "a \($0) check")" }
        let parts = [status, source, result.error ?? result.note].compactMap(\.self)
        return LogText.escaped("\(result.taskId): \(parts.joined(separator: ", "))")
    }
}
