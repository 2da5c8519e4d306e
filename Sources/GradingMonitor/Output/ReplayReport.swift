import GradingCore

/// The answer of `deliveries replay`, in the shape of `POST /api/deliveries/{id}/replay`.
struct ReplayReport: JSONReport {
    struct Result: Encodable {
        let deliveryId: String
        let taskId: String
        let outcome: String
        /// Left out when the task is still not there.
        let status: String?
    }

    let message = "Delivery replayed"
    let timestamp: String
    let result: Result

    /// Throws when there was nothing to replay.
    init(_ id: String, _ outcome: DeliveryReplay.Outcome, at time: Timestamp) throws(CommandFailure) {
        switch outcome {
        case .replayed(let delivery, let reported):
            timestamp = time.iso8601
            result = Result(
                deliveryId: delivery.id,
                taskId: delivery.task.rawValue,
                outcome: reported.disposition.rawValue,
                status: reported.status?.rawValue
            )
        case .settled(let delivery):
            let word = delivery.disposition.rawValue
            throw CommandFailure(.failure, "the delivery \(id) is not parked: it was \(word), and its report is not kept")
        case .unreadable: throw CommandFailure(.failure, "what is kept of the delivery \(id) cannot be read back")
        case .noSuchDelivery: throw CommandFailure(.failure, "there is no delivery \(id)")
        }
    }

    private enum CodingKeys: CodingKey {
        case message, timestamp, result
    }

    var text: String {
        let status = result.status.map { "the task is \($0)" } ?? "there is no task \(result.taskId) yet"
        return LogText.escaped("\(result.deliveryId): \(result.outcome), \(status)")
    }
}
