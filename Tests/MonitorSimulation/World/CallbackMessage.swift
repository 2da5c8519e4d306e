import GradingCore

/// One delivery of a callback, as the network carries it.
struct CallbackMessage: Sendable {
    let task: TaskID
    var body: [UInt8]
    /// Whether it tells of an ending.
    let isEnd: Bool
    /// The sender's id for it; set when it is sent.
    var delivery = ""

    /// Stands for SHA-256, which nobody here attacks.
    var bodyHash: [UInt8] {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in body { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        var generator = SeededGenerator(seed: hash)
        return (0..<32).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
    }
}

/// What the monitor answers to a callback.
enum CallbackReply: Sendable {
    /// 200 or 202: committed.
    case committed(TaskReport, ReportOutcome)
    /// 400: not to be sent again.
    case malformed
    /// 503: to be sent again.
    case unavailable

    var isFinal: Bool { if case .unavailable = self { false } else { true } }
}
