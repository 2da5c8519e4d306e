import NIOCore
import NIOEmbedded
import Testing

@testable import MonitorAPI

@Suite("A deadline that moves")
struct MovingDeadlineTests {
    private let eventLoop = EmbeddedEventLoop()
    private let passed = Passed()

    private func deadline() -> MovingDeadline {
        MovingDeadline(on: eventLoop) { [passed] in passed.times += 1 }
    }

    @Test("passes once")
    func once() {
        let deadline = deadline()
        deadline.set(after: .seconds(10))
        eventLoop.advanceTime(by: .seconds(9))
        #expect(passed.times == 0)
        eventLoop.advanceTime(by: .seconds(1))
        #expect(passed.times == 1)
        eventLoop.advanceTime(by: .seconds(100))
        #expect(passed.times == 1)
    }

    @Test("passes when it was set to last, be that later or earlier", arguments: [30, 12, 8])
    func moved(_ seconds: Int) {
        let deadline = deadline()
        deadline.set(after: .seconds(10))
        eventLoop.advanceTime(by: .seconds(5))
        deadline.set(after: .seconds(seconds))
        eventLoop.advanceTime(by: .seconds(Int64(seconds) - 1))
        #expect(passed.times == 0)
        eventLoop.advanceTime(by: .seconds(1))
        #expect(passed.times == 1)
    }

    @Test("does not pass when it was cleared, until it is set again")
    func cleared() {
        let deadline = deadline()
        deadline.set(after: .seconds(10))
        deadline.clear()
        eventLoop.advanceTime(by: .seconds(100))
        #expect(passed.times == 0)
        deadline.set(after: .seconds(10))
        eventLoop.advanceTime(by: .seconds(10))
        #expect(passed.times == 1)
    }

    @Test("does not pass after its end, and keeps nothing")
    func ended() {
        weak var ended: MovingDeadline?
        do {
            let deadline = deadline()
            ended = deadline
            deadline.set(after: .seconds(10))
            deadline.end()
        }
        // A cancelled timer goes with the loop's next turn.
        eventLoop.run()
        #expect(ended == nil)
        eventLoop.advanceTime(by: .seconds(100))
        #expect(passed.times == 0)
    }
}

private final class Passed {
    var times = 0
}
