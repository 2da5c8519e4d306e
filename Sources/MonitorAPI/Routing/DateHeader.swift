import GradingCore
import Synchronization

/// The `Date` header's text (RFC 9110, section 5.6.7), made anew when the second changes.
final class DateHeader: Sendable {
    private let wallClock: WallClock
    private let cached = Mutex<(second: Int64, text: String)>((.min, ""))

    init(wallClock: WallClock) {
        self.wallClock = wallClock
    }

    var text: String {
        let now = wallClock.now()
        let second = now.milliseconds / 1_000
        return cached.withLock { cached in
            if cached.second != second { cached = (second, now.imfFixdate) }
            return cached.text
        }
    }
}
