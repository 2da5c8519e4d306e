import GradingCore
import Logging

/// One callback: the same id and the same bytes however often it is sent.
struct OutgoingCallback: Sendable, Equatable {
    var route: CallbackRoute
    let id: String
    let body: [UInt8]
}

/// What became of one callback.
struct DeliveryResult: Sendable, Equatable {
    enum Outcome: Sendable, Equatable {
        /// Answered 2xx.
        case delivered
        /// Answered with something that no retry can change.
        case refused(status: Int)
        /// Every try failed.
        case exhausted
        /// The simulator is shutting down.
        case cancelled
    }

    let outcome: Outcome
    /// Requests made, from 1.
    let attempts: Int
    /// What the receiver made of it (``CallbackAnswer/word``), where it was delivered.
    var word: String?
}

/// Signs callbacks and sends them, again and again where that makes sense.
struct CallbackSender: Sendable {
    let transport: CallbackTransport
    let retry: RetryPolicy
    let clock: any Clock<Duration>
    let wallClock: WallClock
    let logger: Logger

    /// Sends a callback until it is answered for good, or its tries are used up. Every try goes to the next receiver of its route,
    /// and is signed afresh, because a receiver refuses a timestamp that is too old.
    /// - Parameter attempts: tries at most; `nil` for as many as the retry policy allows.
    func send(
        _ callback: OutgoingCallback,
        signer: WebhookSigner,
        attempts: Int? = nil,
        jitter: inout SplitMix64
    ) async -> DeliveryResult {
        let limit = max(1, attempts ?? retry.maximumAttempts)
        var attempt = 1
        while true {
            let answer = await post(callback, to: callback.route.url(attempt: attempt), signer: signer)
            switch answer.map(\.status) {
            case .some(200..<300): return DeliveryResult(outcome: .delivered, attempts: attempt, word: answer?.word)
            case .some(let status) where !Self.isWorthRetrying(status):
                return DeliveryResult(outcome: .refused(status: status), attempts: attempt)
            default: break
            }
            guard attempt < limit else { return Self.ending(answer, attempts: attempt) }
            let delay = retry.delay(after: attempt, retryAfter: answer?.retryAfter, using: &jitter)
            guard (try? await clock.sleep(for: delay)) != nil else {
                return DeliveryResult(outcome: .cancelled, attempts: attempt)
            }
            attempt += 1
        }
    }

    /// `nil` when there was no answer.
    private func post(_ callback: OutgoingCallback, to url: String, signer: WebhookSigner) async -> CallbackAnswer? {
        let headers = signer.headers(id: callback.id, at: wallClock.now(), body: callback.body)
        do {
            let answer = try await transport.post(url, headers, callback.body)
            logger.trace("callback answered", metadata: ["delivery": "\(callback.id)", "status": "\(answer.status)"])
            return answer
        } catch {
            logger.debug("callback got no answer", metadata: ["delivery": "\(callback.id)", "error": "\(error)"])
            return nil
        }
    }

    /// 5xx, 429 and 408 pass; anything else is the receiver's last word (a redirect is not followed).
    private static func isWorthRetrying(_ status: Int) -> Bool {
        status >= 500 || status == 429 || status == 408
    }

    /// The last try's answer tells a receiver that refuses from one that is not there.
    private static func ending(_ answer: CallbackAnswer?, attempts: Int) -> DeliveryResult {
        if attempts == 1, let answer { return DeliveryResult(outcome: .refused(status: answer.status), attempts: 1) }
        return DeliveryResult(outcome: .exhausted, attempts: attempts)
    }
}
