import GradingCore
import HTTPTypes
import NIOCore

/// What a callback's sender is told after the commit.
struct CallbackAnswer {
    let outcome: ReportOutcome
    let task: TaskID
    let deliveryID: String

    var response: APIResponse {
        .json(text, status: outcome.disposition == .parked ? .accepted : .ok)
    }

    /// Written by hand: this is the one answer that is sent thousands of times a second.
    private var text: ByteBuffer {
        var text = ByteBufferAllocator().buffer(capacity: 256)
        text.writeStaticString("{\"outcome\":\"")
        text.writeString(outcome.disposition.rawValue)
        // A task id has no letter that JSON would escape; a delivery id may have.
        text.writeStaticString("\",\"taskId\":\"")
        text.writeString(task.rawValue)
        if let status = outcome.status {
            text.writeStaticString("\",\"status\":\"")
            text.writeString(status.rawValue)
        }
        text.writeStaticString("\",\"deliveryId\":")
        var id: [UInt8] = []
        JSONText.append(deliveryID, to: &id)
        text.writeBytes(id)
        text.writeStaticString("}")
        return text
    }
}
