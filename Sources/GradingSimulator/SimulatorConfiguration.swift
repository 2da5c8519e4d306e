package import GradingCore

/// What a simulated grading server does.
package struct SimulatorConfiguration: Sendable {
    /// Where it listens.
    package var host = "127.0.0.1"
    /// 0: any free port. Default 8000, Django's own.
    package var port = 8_000

    /// Where callbacks go, at least one URL, without a slash at the end. Progress events go to `URL/TASK_ID`, the others name the
    /// task in their body. With several, each new callback begins at the next one, and what is sent again goes to the next after
    /// that: a duplicate meets another receiver.
    package var callbackURLs: [String]
    /// Signs the callbacks.
    package var secret: WebhookSecret
    /// How callbacks are signed. Default: Standard Webhooks.
    package var scheme = SignatureScheme.standard

    /// The same seed makes the same choices for the same task id, and the same ids for uploads that bring none. Default 1.
    package var seed: UInt64 = 1
    /// How long a task takes. Default 2 to 8 seconds.
    package var taskDuration: ClosedRange<Duration> = .seconds(2) ... .seconds(8)
    /// Whether events inside a run are sent as callbacks too. Default true.
    package var sendsProgress = true
    /// What goes wrong. Default: nothing.
    package var faults = FaultShares.none
    /// How much later than the task's end a delayed callback is sent. Default 3 to 10 seconds.
    package var delay: ClosedRange<Duration> = .seconds(3) ... .seconds(10)
    /// About how long a final callback's body is, in bytes. Default 2048.
    package var bodyBytes = 2_048

    /// How a final callback that was not delivered is tried again.
    package var retry = RetryPolicy()
    /// How long one try may take. Default 15 seconds.
    package var callbackTimeout = Duration.seconds(15)
    /// What a question about an unknown task is answered. Default: 404.
    package var unknownTasks = UnknownTaskAnswer.notFound
    /// Uploads beyond this number are refused with 503, so that memory has a bound. Default 100,000.
    package var maximumTasks = 100_000

    package init(callbackURLs: [String], secret: WebhookSecret) {
        self.callbackURLs = callbackURLs
        self.secret = secret
    }
}

/// What the simulator answers when it is asked about a task that it does not know.
package enum UnknownTaskAnswer: String, Sendable, Hashable, CaseIterable {
    /// 404, as a Django view that looks the task up in its own table.
    case notFound
    /// 200 and PENDING, as Celery's result backend, which cannot tell "not yet" from "never".
    case pending
}
