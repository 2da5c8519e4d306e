import GradingCore
import Synchronization

/// The way of callbacks to the monitor: loses them, doubles them, delays them and so brings them out of order; and the
/// sender, who tries again.
final class CallbackNetwork: Sendable {
    /// Between the tries of one delivery.
    private static let waits: [Duration] = [.seconds(5), .seconds(20), .seconds(60), .seconds(180)]
    private static let senderTimeout = Duration.seconds(15)

    private struct State {
        var nextID = 0
        var isFaulty = true
        /// Deliveries that the sender has not given up.
        var underWay = 0
    }

    private let faults: CallbackFaults
    private let timeline: Timeline
    private let state = Mutex(State())
    /// Who takes a connection now; `nil` when nobody does.
    private let receiver: @Sendable () -> SimulatedProcess?

    init(_ faults: CallbackFaults, _ timeline: Timeline, receiver: @escaping @Sendable () -> SimulatedProcess?) {
        self.faults = faults
        self.timeline = timeline
        self.receiver = receiver
    }

    var isIdle: Bool { state.withLock { $0.underWay == 0 } }

    private var isFaulty: Bool { state.withLock { $0.isFaulty } }

    /// From now on it carries everything at once.
    func recover() { state.withLock { $0.isFaulty = false } }

    private func happens(_ share: Double) -> Bool { isFaulty && timeline.draw { $0.happens(share) } }

    func send(_ message: CallbackMessage) {
        if happens(faults.lost) { return }
        var message = message
        message.delivery = state.withLock { state in
            state.nextID += 1
            state.underWay += 1
            return "d\(state.nextID)"
        }
        if happens(faults.malformed) { message.body = Array(message.body.dropLast(3)) }
        post(message, try: 0)
        if happens(faults.duplicated) { postAgain(message) }
        if happens(faults.altered) {
            var altered = message
            altered.body = Array(String(decoding: message.body, as: UTF8.self).replacing("fair", with: "poor").utf8) + [0x20]
            postAgain(altered)
        }
    }

    /// One more copy, whatever becomes of the first.
    private func postAgain(_ message: CallbackMessage) {
        state.withLock { $0.underWay += 1 }
        timeline.after(timeline.draw { $0.duration(.zero...CallbackFaults.longestDelay) }) { [self] in
            post(message, try: Self.waits.count)
        }
    }

    private func post(_ message: CallbackMessage, try number: Int) {
        let mayTake = happens(faults.delayed) ? CallbackFaults.longestDelay : .milliseconds(50)
        let attempt = Attempt { [self] reply in end(message, try: number, reply) }
        let isLost = happens(faults.requestLost)
        timeline.after(timeline.draw { $0.duration(.milliseconds(1)...mayTake) }) { [self] in
            timeline.after(Self.senderTimeout) { attempt.end(nil) }
            guard !isLost, let receiver = receiver() else { return attempt.end(nil) }
            receiver.receive(message) { [self] reply in
                if !happens(faults.answerLost) { attempt.end(reply) }
            }
        }
    }

    private func end(_ message: CallbackMessage, try number: Int, _ reply: CallbackReply?) {
        guard reply?.isFinal != true, number < Self.waits.count else { return state.withLock { $0.underWay -= 1 } }
        let wait = Self.waits[number]
        timeline.after(timeline.draw { $0.duration(wait / 2...wait) }) { [self] in post(message, try: number + 1) }
    }
}

/// One try, which ends once: with an answer, or without.
private final class Attempt: Sendable {
    private let hasEnded = Mutex(false)
    private let whenEnded: @Sendable (CallbackReply?) -> Void

    init(whenEnded: @escaping @Sendable (CallbackReply?) -> Void) {
        self.whenEnded = whenEnded
    }

    func end(_ reply: CallbackReply?) {
        let isFirst = hasEnded.withLock { hasEnded in
            defer { hasEnded = true }
            return !hasEnded
        }
        if isFirst { whenEnded(reply) }
    }
}
