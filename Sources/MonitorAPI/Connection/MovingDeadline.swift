import NIOCore

/// A deadline that is set anew several times for every request, at the price of one timer of the event loop for many of them: a
/// timer that goes off before the deadline is set again for the rest.
final class MovingDeadline {
    private let eventLoop: any EventLoop
    private let passed: () -> Void
    /// `nil` when there is none now.
    private var due: NIODeadline?
    private var timer: (task: Scheduled<Void>, at: NIODeadline)?

    /// To be made and used on the event loop.
    init(on eventLoop: any EventLoop, passed: @escaping () -> Void) {
        self.eventLoop = eventLoop
        self.passed = passed
    }

    /// Takes the place of any deadline before.
    func set(after duration: Duration) {
        let due = eventLoop.now + TimeAmount(duration)
        self.due = due
        if let timer {
            guard due < timer.at else { return }
            timer.task.cancel()
        }
        start(at: due)
    }

    func clear() { due = nil }

    /// Nothing happens any more until it is set again, and nothing is kept.
    func end() {
        due = nil
        timer?.task.cancel()
        timer = nil
    }

    private func start(at deadline: NIODeadline) {
        let task = eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { self.timerWentOff() }
        timer = (task, deadline)
    }

    private func timerWentOff() {
        timer = nil
        guard let due else { return }
        guard due <= eventLoop.now else { return start(at: due) }
        self.due = nil
        passed()
    }
}

@available(*, unavailable)
extension MovingDeadline: Sendable {}
