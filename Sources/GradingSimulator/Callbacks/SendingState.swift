/// What is remembered between the steps of one task.
struct SendingState: Sendable {
    /// Spreads the retries.
    var jitter: SplitMix64
    /// Which receiver a callback goes to when it is sent again, by its id.
    var nextReceivers: [String: Int] = [:]
}
