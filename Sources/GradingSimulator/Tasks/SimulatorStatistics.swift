/// What the simulator has done so far: the body of `GET /api/simulator/stats`.
package struct SimulatorStatistics: Sendable, Equatable, Codable {
    /// Tasks uploaded.
    package var tasks = 0
    /// Tasks that have ended, well or badly.
    package var ended = 0
    /// Tasks that have ended in FAILURE.
    package var failing = 0
    /// Requests made to the callback URL: every kind, every retry.
    package var callbacksSent = 0
    /// Progress events sent.
    package var progressSent = 0
    /// Final callbacks answered 2xx; copies do not count.
    package var delivered = 0
    /// Final callbacks that were dropped on purpose.
    package var lost = 0
    /// Copies sent of final callbacks.
    package var repeated = 0
    /// Callbacks of any kind, retries among them, that the receiver knew already and said so (`{"outcome":"duplicate"}`).
    package var duplicatesAnswered = 0
    /// Final callbacks that were sent late on purpose.
    package var delayed = 0
    /// Progress events that were sent after the final callback.
    package var reordered = 0
    /// Callbacks sent with a wrong signature.
    package var forgedSent = 0
    /// Forged callbacks that were answered 401 or 429.
    package var forgedRejected = 0
    /// Forged callbacks that were answered 2xx, which none should be. The others got no answer, or one like 503.
    package var forgedAccepted = 0
    /// Final callbacks that were refused, or whose tries were used up.
    package var givenUp = 0
    /// Questions about a task's status.
    package var statusRequests = 0
    /// Callbacks of any kind that were answered 2xx, by receiver: in the order of the callback URLs.
    package var taken: [Int]

    /// - Parameter receivers: how many callback URLs there are.
    package init(receivers: Int) {
        taken = Array(repeating: 0, count: receivers)
    }

    /// Whether every task has ended and its final callback is delivered, lost or given up.
    package var isSettled: Bool { ended == tasks && delivered + lost + givenUp == tasks }
}
