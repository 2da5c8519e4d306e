import GradingCore
import HTTPTypes
import HummingbirdCore
import NIOCore

/// What a callback's sender is told after the commit.
struct CallbackAnswer {
    let outcome: ReportOutcome
    let task: TaskID
    let deliveryID: String

    var response: Response {
        .json(text, status: outcome.disposition == .parked ? .accepted : .ok)
    }

    /// Written by hand: this is the one answer that is sent thousands of times a second.
    private var text: ByteBuffer {
        var buffer = ByteBuffer()
        buffer.reserveCapacity(192)
        buffer.writeStaticString("{\"outcome\":\"")
        buffer.writeString(outcome.disposition.rawValue)
        // A task id has no letter that JSON would escape; a delivery id may have.
        buffer.writeStaticString("\",\"taskId\":\"")
        buffer.writeString(task.rawValue)
        if let status = outcome.status {
            buffer.writeStaticString("\",\"status\":\"")
            buffer.writeString(status.rawValue)
        }
        buffer.writeStaticString("\",\"deliveryId\":")
        buffer.writeJSONString(deliveryID)
        buffer.writeStaticString("}")
        return buffer
    }
}
