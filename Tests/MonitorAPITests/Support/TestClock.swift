import GradingCore
import Synchronization

/// A wall clock that stands until it is moved.
final class TestClock: Sendable {
    private let instant = Mutex(Timestamp(milliseconds: 1_795_516_200_000))

    var now: Timestamp { instant.withLock { $0 } }
    var wallClock: WallClock { WallClock { self.now } }

    func advance(by duration: Duration) {
        instant.withLock { $0 = $0.advanced(by: duration) }
    }
}
