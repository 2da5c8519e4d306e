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
        var bytes: [UInt8] = []
        bytes.reserveCapacity(256)
        bytes += "{\"outcome\":\"".utf8
        bytes += outcome.disposition.rawValue.utf8
        // A task id has no letter that JSON would escape; a delivery id may have.
        bytes += "\",\"taskId\":\"".utf8
        bytes += task.rawValue.utf8
        if let status = outcome.status {
            bytes += "\",\"status\":\"".utf8
            bytes += status.rawValue.utf8
        }
        bytes += "\",\"deliveryId\":".utf8
        JSONText.append(deliveryID, to: &bytes)
        bytes.append(UInt8(ascii: "}"))
        return ByteBuffer(bytes: bytes)
    }
}
