import GradingCore
import Synchronization

@testable import GradingSimulator

let testSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

func testConfiguration(_ change: (inout SimulatorConfiguration) -> Void = { _ in }) throws -> SimulatorConfiguration {
    var configuration = SimulatorConfiguration(
        callbackURLs: ["http://127.0.0.1:9/api/webhooks/grading"],
        secret: try WebhookSecret(testSecret)
    )
    change(&configuration)
    return configuration
}

/// Time that passes only when someone waits for it, and then at once.
final class JumpingClock: Clock {
    private let start = ContinuousClock.now
    private let elapsed = Mutex(Duration.zero)

    var now: ContinuousClock.Instant { start + elapsed.withLock { $0 } }
    var minimumResolution: Duration { .zero }

    func sleep(until deadline: ContinuousClock.Instant, tolerance: Duration?) async throws {
        try Task.checkCancellation()
        elapsed.withLock { $0 = max($0, deadline - start) }
        await Task.yield()
    }

    var wallClock: WallClock {
        WallClock { Timestamp(milliseconds: 1_750_000_000_000).advanced(by: self.elapsed.withLock { $0 }) }
    }
}

/// Time that never passes: who waits, waits until cancelled.
struct StandingClock: Clock {
    let now = ContinuousClock.now
    var minimumResolution: Duration { .zero }

    func sleep(until deadline: ContinuousClock.Instant, tolerance: Duration?) async throws {
        try await Task.sleep(for: .seconds(86_400))
    }
}
